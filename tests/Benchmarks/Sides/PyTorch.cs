using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace BadMinima.Benchmarks;

/// <summary>PyTorch in a process of its own, driven by pytorch_side.py.</summary>
internal sealed class PyTorch : IDisposable
{
    private readonly Process _process;

    private PyTorch(Process process, string version) => (_process, Version) = (process, version);

    public string Version { get; }

    /// <summary>Starts it; null, with the reason, where Python has no torch.</summary>
    public static PyTorch? TryStart(out string? reason)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Sides", "pytorch_side.py");

        // Debian's python3-torch belongs to Debian's own Python, which another one on the path may hide; tests/Gpu/run.sh has chosen one.
        string? chosen = Environment.GetEnvironmentVariable("BADMINIMA_PYTHON");
        foreach (string python in string.IsNullOrEmpty(chosen) ? ["/usr/bin/python3", "python3"] : new[] { chosen })
        {
            try
            {
                var process = Process.Start(new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
                if (process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready ", StringComparison.Ordinal))
                {
                    reason = null;
                    return new(process, line[6..]);
                }

                process.Dispose();
            }
            catch (Win32Exception)
            {
                // No such program: the next one.
            }
        }

        reason = "no python3 with torch here (Debian: apt-get install python3-torch)";
        return null;
    }

    /// <param name="workload">What to train.</param>
    /// <param name="layout">"contiguous" or "channels_last".</param>
    /// <param name="precision">"f32" or "bf16".</param>
    /// <param name="steps">Steps that count; one more comes first.</param>
    /// <param name="threads">Torch's threads.</param>
    /// <param name="device">"cpu" or "cuda".</param>
    public double ImagesPerSecond(Workload workload, string layout, string precision, int steps, int threads, string device = "cpu")
    {
        _process.StandardInput.WriteLine($"{workload.Network} {layout} {precision} {steps} {threads} {device} {workload.Batch}");
        string? answer = _process.StandardOutput.ReadLine();
        return answer is not null
            ? double.Parse(answer, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"PyTorch's side ended: {_process.StandardError.ReadToEnd()}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
