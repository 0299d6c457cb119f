using System.Text.Json;
using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

/// <summary>A 2-D figure's folder, without the training.</summary>
internal static class BoundaryFiles
{
    public static void Write(string folder, int seed)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "figure.svg"), """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100"><rect width="400" height="100" fill="#cde"/></svg>""");
        (string Name, double Jaggedness)[] panels = [("(a) random start, vanilla", 1), ("(b) after random labels", 6), ("(c) vanilla from (b)", 3.5), ("(d) regularized from (b)", 1)];
        BoundaryResult result = BoundaryResult.Of(new BoundarySettings { Seed = seed }, [], threads: 1, seconds: 30) with
        {
            Panels = [.. panels.Select(p => new PanelNumbers(p.Name, 1, p.Jaggedness, 2, 10, 1, new Recipe()))],
        };
        File.WriteAllText(Path.Combine(folder, "result.json"), JsonSerializer.Serialize(result, JsonOutput.Options));
    }
}
