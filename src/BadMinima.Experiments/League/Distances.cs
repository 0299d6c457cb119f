using System.Collections.Immutable;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.Experiments;

/// <summary>
/// How far training moved the weights of each run from an adversarial start, by the stored models of both: the l2 norm of the difference
/// of all parameters together. It is computed once per run and kept in a file.
/// </summary>
internal static class Distances
{
    private static readonly ImmutableSortedDictionary<string, double> None =
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    /// <summary>Those that are known, by cell; none where the file is missing or damaged: it is made again.</summary>
    public static ImmutableSortedDictionary<string, double> Read(string file)
    {
        try
        {
            return File.Exists(file)
                ? JsonSerializer.Deserialize<ImmutableSortedDictionary<string, double>>(File.ReadAllText(file), JsonOutput.Options) ?? None
                : None;
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <summary>Adds those that are not known, start by start. A model that is not there any more has none.</summary>
    public static void Complete(LeagueResults league, CancellationToken cancellation)
    {
        ImmutableSortedDictionary<string, double> known = Read(league.Folder.Distances);
        var all = known.ToBuilder();
        IEnumerable<IGrouping<string, FinishedCell>> byStart = league.Runs.All
            .Where(cell => cell.Cell.StartId is not null && !known.ContainsKey(cell.Cell.Id)).GroupBy(cell => cell.Cell.StartId!);
        MLContext ml = new();
        foreach (IGrouping<string, FinishedCell> cells in byStart)
        {
            int before = all.Count;
            using TwoPhaseTransformer? from = TryLoad(ml, new SweepFolder(league.Folder.Ranking).Start(cells.Key));
            foreach (FinishedCell cell in cells)
            {
                cancellation.ThrowIfCancellationRequested();
                using TwoPhaseTransformer? to = from is null ? null : TryLoad(ml, cell.Run.Folder);
                if (to is not null)
                {
                    all[cell.Cell.Id] = Between(from!.Network, to.Network);
                }
            }

            // Whoever ends it now keeps what was computed.
            if (all.Count > before)
            {
                AtomicFile.Write(league.Folder.Distances, JsonSerializer.Serialize(all.ToImmutable(), JsonOutput.Options) + "\n");
            }
        }
    }

    /// <summary>A run's model; null where it is gone or damaged: a ranking does not fail for the lack of a distance.</summary>
    private static TwoPhaseTransformer? TryLoad(MLContext ml, string folder)
    {
        try
        {
            return File.Exists(RunFolder.ModelOf(folder)) ? StartModel.Load(ml, RunFolder.ModelOf(folder)) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static double Between(nn.Module from, nn.Module to)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> there = from.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        return Math.Sqrt(to.named_parameters()
            .Sum(p => (p.parameter.to(ScalarType.Float64) - there[p.name].to(ScalarType.Float64)).square().sum().item<double>()));
    }
}
