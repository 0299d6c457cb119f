using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class PageTests
{
    private const string Hostile = "<script>alert('x')</script> & \"quoted\"";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [TestMethod]
    public void A_page_is_one_self_contained_file_without_script()
    {
        string html = SampleReport.Create().ToHtml();
        XElement root = Parse(html);

        Assert.StartsWith("<!DOCTYPE html>", html.TrimStart());
        string[] fetching = ["script", "link", "iframe", "object", "embed", "base"];
        Assert.IsFalse(root.Descendants().Any(element => fetching.Contains(element.Name.LocalName)));
        Assert.IsTrue(root.Descendants().Attributes("src").All(source => source.Value.StartsWith("data:", StringComparison.Ordinal)));
        Assert.IsFalse(Regex.IsMatch(html.Replace("xmlns=\"http://www.w3.org/2000/svg\"", ""), "https?://|@import|url\\("));
    }

    [TestMethod]
    public void A_page_says_what_it_is_to_a_screen_reader()
    {
        XElement root = Parse(SampleReport.Create().ToHtml());

        Assert.AreEqual("en", (string?)root.Attribute("lang"));
        Assert.HasCount(1, root.Descendants("h1"));
        Assert.HasCount(1, root.Descendants("main"));
        Assert.HasCount(9, root.Descendants("h2"));
        Assert.IsTrue(root.Descendants("section").All(section => section.Element("h2") is not null));
        Assert.IsTrue(root.Descendants("figure").All(figure => !string.IsNullOrEmpty((string?)figure.Element("figcaption"))));
        Assert.IsTrue(root.Descendants("img").All(image => !string.IsNullOrEmpty((string?)image.Attribute("alt"))));
        Assert.IsTrue(root.Descendants("th").All(head => head.Attribute("scope") is not null));
        Assert.IsTrue(root.Descendants(Svg + "svg").All(svg => (string?)svg.Attribute("role") == "img"));
    }

    [TestMethod]
    public void Hostile_text_is_shown_and_never_obeyed()
    {
        GridImage image = new(PixelImage.FromChw(new byte[1], 1, 1, 1), Hostile);
        Page page = new(Hostile, Hostile, new Section(Hostile,
            new Paragraph(Hostile),
            new KeyNumbers(new KeyNumber(Hostile, Hostile, Hostile)),
            new Table(Hostile, [Column.Text(Hostile)], [[Hostile]]),
            new LineChart(Hostile, new ChartAxis(Hostile), new ChartAxis("y"), Curve.PerEpoch(Hostile, [1, 2]), Curve.PerEpoch("b", [2, 1])),
            new BarChart(Hostile, new ChartAxis(Hostile), [Hostile], new BarGroup(Hostile, [1])),
            new ImageGrid(Hostile, [Hostile], [[image]]),
            new ConfusionHeatMap(Hostile, [Hostile], [[1]]),
            new Verdicts(new Verdict(Hostile, Decision.NotDecided, Hostile, Hostile)),
            Figure.FromSvg(Hostile, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><script>alert('x')</script></svg>", $"{Hostile}: {Hostile}"),
            new Details(Hostile, new Table(Hostile, [Column.Text(Hostile)], [[Hostile]]) { Note = Hostile }),
            new SideBySide(new Preformatted(Hostile, Hostile))))
        {
            HasContents = true,
            Footer = Hostile,
        };

        XElement root = Parse(page.ToHtml());
        Assert.IsFalse(root.Descendants().Any(element => element.Name.LocalName == "script"));
        string[] holders = ["title", "h1", "h2", "dt", "strong", "figcaption", "code", "summary", "footer"];
        foreach (string holder in holders)
        {
            Assert.IsTrue(root.Descendants(holder).All(element => element.Value == Hostile), holder);
            Assert.AreNotEqual(0, root.Descendants(holder).Count(), holder);
        }

        Assert.AreEqual($"{Hostile}: {Hostile}", string.Join(" | ", root.Descendants("img").Attributes("alt").Select(alt => alt.Value).Distinct()));
    }

    [TestMethod]
    public void Empty_cells_stay_cells()
    {
        string html = new Table("Gaps", [Column.Text("a"), Column.Number("b")], [["", ""]]).ToHtml();
        Assert.DoesNotMatchRegex("<t[dh][^>]*/>", html);
        Assert.HasCount(1, XElement.Parse(html).Descendants("td"));
    }

    [TestMethod]
    public void The_same_report_is_the_same_file()
    {
        Assert.AreEqual(SampleReport.Create().ToHtml(), SampleReport.Create().ToHtml());
    }

    [TestMethod]
    public void A_page_is_saved_whole()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reporting-");
        try
        {
            string path = Path.Combine(folder.FullName, "run", "report.html");
            Page page = SampleReport.Create();
            page.Save(path);
            Assert.AreEqual(page.ToHtml(), File.ReadAllText(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Reads a page as XML, which tells every unclosed element; only the void ones of its head are closed first.</summary>
    private static XElement Parse(string html) => XDocument.Parse(Regex.Replace(html, "<meta([^>]*)>", "<meta$1/>")).Root!;
}
