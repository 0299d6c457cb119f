using System.Diagnostics;
using System.Globalization;

namespace BadMinima.Fuzz;

/// <summary>Goes through the kinds, each in child processes of some thousand files, and counts.</summary>
/// <param name="folder">Where originals and culprits are put.</param>
/// <param name="seed">What the damage is drawn from.</param>
internal sealed class Campaign(string folder, int seed)
{
    private const int FilesAProcess = 2000;

    /// <param name="kinds">Which.</param>
    /// <param name="count">How many files in all; null: as many as there is time for.</param>
    /// <param name="seconds">How long in all; null: until all are done.</param>
    /// <returns>Whether nothing was found.</returns>
    public bool Run(string[] kinds, int? count, double? seconds)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine("kind           files   refused      same     other crashes hangs wrong unclear seconds peak MB");
        var total = new Tally();
        var clock = Stopwatch.StartNew();
        foreach ((int number, string name) in kinds.Index())
        {
            int files = count is null ? int.MaxValue : (count.Value / kinds.Length) + (number < count.Value % kinds.Length ? 1 : 0);
            Tally tally = RunKind(name, files, seconds / kinds.Length);
            Console.WriteLine($"{name,-10} {tally}");
            total.Add(tally);
        }

        total.Seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine($"{total.Files:N0} damaged files: {total.Crashes:N0} crashes, {total.Hangs:N0} hangs, {total.Wrong:N0} wrong loads, "
            + $"{total.Unclear:N0} unclear errors; {total.Seconds:N0} s, {total.PeakMegabytes:N0} MB at most; seed {seed}.");
        return total.Faults == 0;
    }

    private Tally RunKind(string name, int files, double? seconds)
    {
        string place = Path.Combine(folder, name);
        Directory.CreateDirectory(place);
        using Kind kind = Kind.Of(name, place);
        kind.Prepare();
        var tally = new Tally();
        var clock = Stopwatch.StartNew();
        for (int next = 0; next < files && !(clock.Elapsed.TotalSeconds >= seconds);)
        {
            int inputs = Math.Min(FilesAProcess, files - next);
            using var process = new WorkerProcess(name, place, seed, next, inputs);
            Fault? fault = process.Run(tally, seconds - clock.Elapsed.TotalSeconds, f => Report(kind, f));
            next = fault is null ? next + inputs : fault.Index + 1;
        }

        tally.Seconds = clock.Elapsed.TotalSeconds;
        return tally;
    }

    private void Report(Kind kind, Fault fault)
    {
        string culprits = Path.Combine(folder, "culprits");
        Directory.CreateDirectory(culprits);
        string file = Path.Combine(culprits, $"{kind.Name}-{seed}-{fault.Index}{kind.Extension(fault.Index)}");
        File.WriteAllBytes(file, kind.Make(seed, fault.Index));
        Console.WriteLine($"{fault.Sort}: {file}: {fault.Text}");
    }
}

/// <summary>What one damaged file did that it should not.</summary>
/// <param name="Sort">"crash", "hang", "wrong" or "unclear".</param>
/// <param name="Index">Its number.</param>
/// <param name="Text">More about it.</param>
internal sealed record Fault(string Sort, int Index, string Text);

/// <summary>What the files did.</summary>
internal sealed class Tally
{
    public int Files, Refused, Same, Other, Crashes, Hangs, Wrong, Unclear;

    public double Seconds;

    public double PeakMegabytes;

    public int Faults => Crashes + Hangs + Wrong + Unclear;

    public void Count(string sort)
    {
        Files++;
        _ = sort switch
        {
            "refused" => Refused++,
            "same" => Same++,
            "other" => Other++,
            "crash" => Crashes++,
            "hang" => Hangs++,
            "wrong" => Wrong++,
            _ => Unclear++,
        };
    }

    public void Add(Tally other)
    {
        Files += other.Files;
        Refused += other.Refused;
        Same += other.Same;
        Other += other.Other;
        Crashes += other.Crashes;
        Hangs += other.Hangs;
        Wrong += other.Wrong;
        Unclear += other.Unclear;
        PeakMegabytes = Math.Max(PeakMegabytes, other.PeakMegabytes);
    }

    public override string ToString()
        => $"{Files,9:N0} {Refused,9:N0} {Same,9:N0} {Other,9:N0} {Crashes,7:N0} {Hangs,5:N0} {Wrong,5:N0} {Unclear,7:N0} {Seconds,7:N0} {PeakMegabytes,7:N0}";
}
