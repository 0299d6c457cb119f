using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace BadMinima.Experiments;

/// <summary>What is wrong in a sweep file, each with its line: collected, so that one reading shows all.</summary>
internal sealed class SweepErrors
{
    private readonly List<(int Line, string Message)> _errors = [];

    public IEnumerable<(int Line, string Message)> All => _errors;

    public void Add(JToken at, string message) => _errors.Add((LineOf(at), message));

    public static int LineOf(JToken at)
        => at is IJsonLineInfo info && info.HasLineInfo() ? info.LineNumber : at.Parent is { } parent ? LineOf(parent) : 1;
}
