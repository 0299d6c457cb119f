using System.CommandLine;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima models</c></summary>
internal static class ModelsCommand
{
    private const int Classes = 10;

    private static readonly ImageShape Shape = new(3, 32, 32);
    private static readonly InputShape Sequences = InputShape.Sequence(16, 16);

    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "As JSON, with the layers" };
        Command command = new("models",
            $"The networks that can be trained, with their parameters that are trained: for images of {Shape}, or for {Sequences} where "
                + $"they take no images, and {Classes} classes. `run` and sweeps train on images and points, a program of your own on "
                + "sequences too.")
        {
            json
        };
        command.SetBody(
            (parsed, _) =>
            {
                var models = Architectures.All
                    .Select(a => new
                    {
                        a.Name,
                        Parameters = Parameters(a),
                        Takes = $"{a.Takes}".ToLowerInvariant(),
                        a.MinimumSize,
                        a.Description,
                        Source = a.Reference ?? "this project"
                    })
                    .ToArray();
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(models, JsonOutput.Options));
                }
                else
                {
                    ConsoleTable.Write(new($"Networks; parameters for {Shape}, or {Sequences}, and {Classes} classes",
                        [
                            Column.Text("Name"), Column.Text("Takes"), Column.Number("Parameters"), Column.Number("Least size"),
                            Column.Text("Source"),
                        ],
                        [.. models.Select(m => (string[])[
                            m.Name, m.Takes, m.Parameters is long count ? $"{count:N0}" : "-",
                            m.Takes.Contains("images", StringComparison.Ordinal) ? $"{m.MinimumSize}x{m.MinimumSize}" : "", m.Source])]));
                    Console.WriteLine("--json describes their layers.");
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.",
            alsoExpected: e => e is TorchLoadException);
        return command;
    }

    /// <summary>Null for a network that takes neither, or no images that small.</summary>
    private static long? Parameters(Architecture architecture)
        => architecture.Takes.HasFlag(InputKinds.Images)
            ? Math.Min(Shape.Height, Shape.Width) >= architecture.MinimumSize ? architecture.CountParameters(Shape, Classes) : null
            : architecture.Takes.HasFlag(InputKinds.Sequences) ? architecture.CountParameters(Sequences, Classes) : null;
}
