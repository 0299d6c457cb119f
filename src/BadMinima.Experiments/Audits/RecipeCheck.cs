using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>Checks the recipes of a sweep file against conditions, for pipelines that run no tests of .NET.</summary>
internal static class RecipeCheck
{
    /// <summary>A recipe and a condition.</summary>
    /// <param name="Recipe">Data, network and recipe in words.</param>
    /// <param name="Condition">On what it fails.</param>
    /// <param name="Failure">Why it fails; null where it does not.</param>
    /// <param name="Seconds">How long it took.</param>
    public sealed record Case(string Recipe, string Condition, string? Failure, double Seconds);

    /// <summary>The recipes of a file, each once: its seeds are the check's business, and each begins from either start.</summary>
    public static ImmutableArray<RunPlan> RecipesOf(SweepPlan sweep) =>
    [
        .. sweep.Cells.OrderByDescending(c => c.Plan.Options.RandomLabels is not null).Select(c => c.Plan)
            .DistinctBy(plan => JsonOutput.Sorted(new JsonObject(plan.Settings
                .Where(s => s.Key is not ("seed" or "start" or "randomLabels" or "regularizers"))
                .Select(s => KeyValuePair.Create(s.Key, s.Value?.DeepClone()))))!.ToJsonString()),
    ];

    /// <summary>Trains until each condition is certain, or the budget ends.</summary>
    public static IEnumerable<Case> Run(
        IReadOnlyList<(string Name, RunPlan Plan)> recipes, IReadOnlyList<RecipeCondition> conditions, Auditing options)
    {
        MLContext ml = new();
        foreach ((string name, RunPlan plan) in recipes)
        {
            (IDataView train, IDataView test) = plan.Data.Load(ml);
            AuditedRecipe recipe = AuditedRecipe.Of(
                plan.Options, plan.Options.RandomLabels ?? MLNet.Protocol.Get(plan.Protocol.Name).RandomLabels);
            foreach (RecipeCondition condition in conditions)
            {
                Stopwatch clock = Stopwatch.StartNew();
                string? failure = null;
                try
                {
                    if (condition.OfGap)
                    {
                        RecipeAssert.RobustToStart(recipe, train, test, 100 * condition.Number, options.Risk, options);
                    }
                    else
                    {
                        RecipeAssert.AccuracyAtLeast(recipe, train, test, condition.Number, options.Risk, options);
                    }
                }
                catch (RecipeException e)
                {
                    failure = e.Message;
                }

                yield return new(name, condition.Text, failure, clock.Elapsed.TotalSeconds);
            }
        }
    }

    /// <summary>The cases in JUnit's XML, which servers of continuous integration read.</summary>
    public static XDocument ToJUnit(IReadOnlyList<Case> cases)
    {
        XElement suite = new(
            "testsuite", new XAttribute("name", "badminima check"), new XAttribute("tests", cases.Count),
            new XAttribute("failures", cases.Count(c => c.Failure is not null)), new XAttribute("errors", 0),
            new XAttribute("time", Seconds(cases.Sum(c => c.Seconds))),
            cases.Select(c => new XElement(
                "testcase", new XAttribute("classname", c.Recipe), new XAttribute("name", $"fails on {c.Condition}"),
                new XAttribute("time", Seconds(c.Seconds)),
                c.Failure is null ? null : new XElement("failure", new XAttribute("message", c.Failure), c.Failure))));
        return new(new XDeclaration("1.0", "utf-8", null), new XElement("testsuites", suite));

        static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);
    }
}
