using System.Xml.Linq;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class VerdictsTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [TestMethod]
    public void Decisions_differ_in_word_and_in_shape()
    {
        XElement list = XElement.Parse(new Verdicts([.. Enum.GetValues<Decision>().Select(decision => new Verdict("Claim", decision, "Finding.", "Test."))]).ToHtml());
        string[] words = [.. list.Elements("li").Select(item => item.Element("p")!.Value.Trim())], expected = ["Supported", "Contradicted", "Not decided"];
        CollectionAssert.AreEqual(expected, words);
        Assert.HasCount(3, list.Descendants("svg").Concat(list.Descendants(Svg + "svg")).Select(shape => string.Concat(shape.Elements().Select(part => part.ToString()))).Distinct());
    }

    [TestMethod]
    public void A_verdict_without_a_test_has_no_empty_line_for_it()
    {
        Assert.DoesNotContain("note", new Verdicts(new Verdict("Claim", Decision.NotDecided, "Finding.", "")).ToHtml());
    }

    [TestMethod]
    public void Verdicts_without_claims_are_refused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new Verdicts());
        Assert.Contains("each with its claim", Assert.ThrowsExactly<ArgumentException>(() => new Verdicts(new Verdict(" ", Decision.Supported, "f", "t"))).Message);
    }
}
