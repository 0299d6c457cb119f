namespace BadMinima.Reporting;

/// <summary>What data say of one claim, for <see cref="Verdicts"/>.</summary>
/// <param name="Claim">The claim, as a sentence.</param>
/// <param name="Decision">What the data say of it.</param>
/// <param name="Finding">The sentence with the numbers.</param>
/// <param name="Test">The test behind the decision, with the number of seeds; may be empty where none could be made.</param>
public sealed record Verdict(string Claim, Decision Decision, string Finding, string Test)
{
    /// <summary>
    /// A word in the decision's place, where there is a better one; for example "Mixed" where data support the claim here and contradict it
    /// there.
    /// </summary>
    public string? Word { get; init; }

    /// <summary>What stands behind the decision, below it; by default nothing.</summary>
    public Block? Evidence { get; init; }
}
