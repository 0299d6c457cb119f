namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class MarkdownTests
{
    [TestMethod]
    [DataRow("plain text, 84.2 % (n = 5)", "plain text, 84.2 % (n = 5)")]
    [DataRow("*a* _b_ `c` [d](e) <f> g|h ~i~ \\", @"\*a\* \_b\_ \`c\` \[d\](e) \<f\> g\|h \~i\~ \\")]
    [DataRow("test_accuracy & loss", "test_accuracy & loss")]
    [DataRow("&lt;b&gt;", @"\&lt;b\&gt;")]
    [DataRow("# no heading", @"\# no heading")]
    [DataRow("- no list", @"\- no list")]
    [DataRow("1. no list", @"1\. no list")]
    [DataRow("-2.9 to 5.3", "-2.9 to 5.3")]
    [DataRow("1.5 points", "1.5 points")]
    [DataRow("two\r\nlines", "two lines")]
    public void Text_means_itself(string text, string expected) => Assert.AreEqual(expected, new Paragraph(text).ToMarkdown());

    [TestMethod]
    public void Each_block_is_written_in_its_own_way()
    {
        Assert.AreEqual("- Gap: **23.1** points\n- Seeds: **5**", new KeyNumbers(new KeyNumber("Gap", "23.1", "points"), new KeyNumber("Seeds", "5")).ToMarkdown());
        Assert.AreEqual("**c**\n\n````\na ``` b\n````", new Preformatted("c", "a ``` b\n").ToMarkdown());
        Assert.AreEqual("a\n\nb", new SideBySide(new Paragraph("a"), new Paragraph("b")).ToMarkdown());
        Assert.AreEqual("<details><summary>a &lt; b</summary>\n\nx\n\n</details>", new Details("a < b", new Paragraph("x")).ToMarkdown());
        Assert.AreEqual(
            "1. **C1** Supported. Gap 23. *t test*\n2. **C2** Contradicted. Gap 14.\n3. **C3** Not decided. Gap 1.",
            new Verdicts(new Verdict("C1", Decision.Supported, "Gap 23.", "t test"), new Verdict("C2", Decision.Contradicted, "Gap 14.", ""), new Verdict("C3", Decision.NotDecided, "Gap 1.", " ")).ToMarkdown());
        Assert.AreEqual("**m**\n\n| true \\\\ predicted | a | recall |\n| --- | ---: | ---: |\n| a | 3 | 100.0 % |", new ConfusionHeatMap("m", ["a"], [[3]]).ToMarkdown());
        Assert.AreEqual("**g**\n\n| head |\n| --- |\n| cat |", new ImageGrid("g", ["head"], [[new GridImage(PixelImage.FromChw(new byte[1], 1, 1, 1), "cat")]]).ToMarkdown());
    }

    [TestMethod]
    public void Charts_are_their_values_where_those_are_few_and_a_sentence_where_they_are_many()
    {
        Assert.AreEqual(
            "**Bars**\n\n|  | g |\n| --- | ---: |\n| a | 50 % (40 % to 60 %) |\n| b | – |",
            new BarChart("Bars", ChartAxis.Percent("x"), ["a", "b"], new BarGroup("g", [0.5, double.NaN]) { ErrorBars = [(0.4, 0.6), (0, 1)] }).ToMarkdown());
        Assert.AreEqual(
            "**Lines**\n\n| epoch | a | b |\n| ---: | ---: | ---: |\n| 1 | 10 % |  |\n| 2 | 20 % | 30 % |",
            new LineChart("Lines", ChartAxis.Count("epoch"), ChartAxis.Percent("y"), Curve.PerEpoch("a", [0.1, 0.2]), Curve.PerEpoch("b", [0.3], firstEpoch: 2)).ToMarkdown());
        Assert.AreEqual(
            "**Lines**\n\nLine chart, Lines. Last values: a 1 (0 to 2).",
            new LineChart("Lines", ChartAxis.Count("epoch"), new ChartAxis("y"), Curve.PerEpoch("a", Enumerable.Repeat(1.0, 50)) with { Band = [.. Enumerable.Repeat((0.0, 2.0), 50)] }).ToMarkdown());
    }

    [TestMethod]
    public void A_page_is_its_sections_with_links_that_lead_to_them()
    {
        Page page = new("Title", "Lead.", new Section("Rates & seeds", new Paragraph("x")), new Section("Rates & seeds", new Paragraph("y"))) { HasContents = true, Footer = "foot" };
        Assert.AreEqual(
            "# Title\n\nLead.\n\n- [Rates & seeds](#rates--seeds)\n- [Rates & seeds](#rates--seeds-1)\n\n## Rates & seeds\n\nx\n\n## Rates & seeds\n\ny\n\n---\n\nfoot\n",
            page.ToMarkdown());
        string html = page.ToHtml();
        foreach (string anchor in (string[])["rates--seeds", "rates--seeds-1", "page:content"])
        {
            Assert.Contains($"href=\"#{anchor}\"", html);
            Assert.Contains($"id=\"{anchor}\"", html);
        }
    }
}
