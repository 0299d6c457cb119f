using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A zoo of networks that fit their training set and generalize very differently: from random and adversarial starts, by several recipes.
/// Its table of measures is what detectors of bad minima are made and tested with.
/// </summary>
internal sealed class ZooKind : StudyKind<ZooSettings, ZooNumbers>
{
    // What a small network is measured for, in training images put through it; and what is trained besides of a network.
    private const double MeasuredImages = 100;
    private const double FinishShare = 0.3;

    public override string Property => "zoo";

    public override string Plural => "zoos of minima";

    protected override string Description => "Networks that fit their training set and generalize very differently, with what measures "
        + "say of each, besides.";

    protected override int DefaultSeeds => 2;

    protected override IEnumerable<ZooSettings> Divided(ZooSettings settings)
        => from data in settings.Data
           from network in settings.Networks
           select settings with { Data = [data], Networks = [network] };

    protected override double Work(ZooSettings settings) => (double)settings.Train * (
        0.6 * settings.Replicas * settings.RandomLabelEpochs
        + settings.Count * (settings.Epochs + FinishShare * settings.FinishEpochs + MeasuredImages));

    protected override double Seconds(ZooSettings settings) => 10 + Work(settings) / 6_000;

    protected override RunData? DataOf(ZooSettings settings, int seed) => settings.DataOf(settings.Data[0], seed);

    protected override string TitleOf(ZooSettings settings, int seed)
        => $"{Property} {Path.GetFileName(Path.TrimEndingDirectorySeparator(settings.Data[0]))} {settings.Networks[0]} seed {seed}";

    protected override void Validate(ZooSettings settings)
    {
        RequireList(settings.Data, "data", "sets of images", _ => true);
        RequireList(settings.Networks, "networks", "some of `badminima models`", n => Architectures.All.Any(a => a.Name == n));
        RequireList(settings.Rates, "rates", "numbers above 0", r => r > 0 && double.IsFinite(r));
        RequireList(
            settings.Measured, "measures", "some of `badminima measures`", m => DiagnosticMeasures.All.Any(known => known.Name == m));
        RequireList(settings.Recipes, "recipes", "none, all, or some of augmentation, l2 and momentum joined by +", IsRecipe);
        Require(
            settings.Regularized.Distinct().Count() == settings.Recipes.Length,
            $"recipes are {string.Join(", ", settings.Recipes)}; allowed is each once.");
        Require(settings.Train >= 20, $"train is {settings.Train}; allowed is at least 20.");
        Require(settings.Test >= 20, $"test is {settings.Test}; allowed is at least 20.");
        foreach (string data in settings.Data)
        {
            RequireTrainable(
                data, () => settings.DataOf(data, seed: 1), settings.Train,
                from network in settings.Networks
                from regularizers in settings.Regularized
                from recipe in (Recipe[])[settings.Recipe(regularizers, settings.Rates[0]), settings.Finish]
                select ZooSettings.Options(network, seed: 1, settings.RandomLabels, recipe));
        }

        static bool IsRecipe(string name)
        {
            try
            {
                _ = RegularizerNames.Parse(name);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        static void RequireList<T>(T[] items, string name, string allowed, Func<T, bool> isAllowed) => Require(
            items.Length > 0 && items.Distinct().Count() == items.Length && Array.TrueForAll(items, i => isAllowed(i)),
            $"{name} are {string.Join(", ", items)}; allowed are {allowed}, each once, at least one.");
    }

    protected override ZooNumbers Compute(ZooSettings settings, StudyRun run)
        => new Zoo(settings, run.Seed, run.Folder).Run(run.Progress, run.Cancellation);

    protected override string Line(ZooNumbers numbers)
    {
        ZooEnd[] fitted = [.. numbers.Networks.Select(n => n.End).OfType<ZooEnd>().Where(e => e.TrainAccuracy >= Zoo.Fits)];
        return $"{fitted.Length} of {numbers.Networks.Count} networks fit"
            + (fitted.Length == 0 ? "" : $", test accuracy {fitted.Min(e => e.TestAccuracy):P1} to {fitted.Max(e => e.TestAccuracy):P1}");
    }

    protected override StudyPart Part(string name, ZooSettings settings, IReadOnlyList<(int Seed, ZooNumbers Numbers)> results)
        => Parts([new(name, settings, results)]).Single();

    protected override IEnumerable<StudyPart> Parts(IReadOnlyList<StudyItem<ZooSettings, ZooNumbers>> items)
    {
        MeasuredNetwork[] networks =
        [
            .. from item in items
               from result in item.Results
               from network in result.Numbers.Networks
               where network.End is not null
               let end = network.End
               select new MeasuredNetwork(
                   item.Settings.Data[0], item.Settings.Networks[0], result.Seed, network.Start, network.Recipe, network.Rate,
                   end.TrainAccuracy, end.TestAccuracy, end.Measures),
        ];
        Table zoo = MeasuredNetwork.Table(networks);
        (string, Table)[] tables = [("zoo", zoo)];
        Paragraph what = What(items, networks.Length);
        MeasureBench bench;
        try
        {
            bench = new(networks);
        }
        catch (InvalidDataException e)
        {
            return [new(new("A zoo of minima", [what, new Paragraph(e.Message)]), [], [], tables)];
        }

        BarChart chart = BenchPage.Areas(bench, $"charts/{Property}/areas.svg");
        Table scores = BenchPage.Table(bench);
        LineChart[] pictures = [.. BenchPage.Pictures(bench, $"charts/{Property}")];
        return
        [
            new(
                new("A zoo of minima", [what, chart, scores, .. pictures]), [BenchPage.Verdict(bench)], [chart, .. pictures],
                [.. tables, ("measures", scores)]),
        ];
    }

    private static Paragraph What(IReadOnlyList<StudyItem<ZooSettings, ZooNumbers>> items, int count)
    {
        ZooSettings first = items[0].Settings;
        string architectures = string.Join(", ", items.Select(i => i.Settings.Networks[0]).Distinct());
        string recipes = string.Join(", ", first.Regularized.Select(r => r.ToName()));
        return new($"{count} networks ({architectures}) on {first.Train:N0} images of "
            + $"{string.Join(", ", items.Select(i => i.Settings.Data[0]).Distinct())}: from a random start, and after random labels "
            + $"(R = {first.Replicas}), {first.Epochs} epochs with {recipes} at the rates "
            + $"{string.Join(" and ", first.Rates)}, then plain SGD at {first.FinishRate} until all training images are right. What is "
            + "measured saw the training images alone.");
    }
}
