using System.Text;
using System.Xml.Linq;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class FigureTests
{
    private const string Svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 98.5 42\"><title>é</title></svg>";

    [TestMethod]
    public void A_drawing_keeps_its_size_and_its_letters()
    {
        Figure figure = Figure.FromSvg("caption", Svg, "what is seen");
        XElement image = XElement.Parse(figure.ToHtml()).Element("img")!;
        Assert.AreEqual("99 42 what is seen", $"{(string?)image.Attribute("width")} {(string?)image.Attribute("height")} {(string?)image.Attribute("alt")}");
        const string Start = "data:image/svg+xml;base64,";
        Assert.StartsWith(Start, figure.DataUri);
        Assert.AreEqual(Svg, Encoding.UTF8.GetString(Convert.FromBase64String(figure.DataUri[Start.Length..])));
        Assert.AreEqual(30, Figure.FromSvg("c", "<svg xmlns='http://www.w3.org/2000/svg' width='30px' height='20'/>", "a").Width);
    }

    [TestMethod]
    public void A_picture_of_pixels_keeps_its_bytes_and_is_as_large_as_its_scale_says()
    {
        string uri = PixelImage.FromChw(new byte[6 * 4], 1, 4, 6).DataUri;
        Figure figure = Figure.FromPng("c", Convert.FromBase64String(uri[(uri.IndexOf(',') + 1)..]), "a", scale: 2);
        Assert.AreEqual(uri, figure.DataUri);
        Assert.AreEqual((3, 2), (figure.Width, figure.Height));
    }

    [TestMethod]
    public void Markdown_shows_the_picture_where_it_is_a_file_and_describes_it_where_it_is_not()
    {
        Assert.AreEqual("**c**\n\n![what is seen](<boundary/seed 1.svg>)", Figure.FromSvg("c", Svg, "what is seen", file: "boundary/seed 1.svg").ToMarkdown());
        Assert.AreEqual("**c**\n\nwhat is seen", Figure.FromSvg("c", Svg, "what is seen").ToMarkdown());
    }

    [TestMethod]
    public void Damaged_pictures_are_refused()
    {
        Assert.Contains("not XML", Refusal(() => Figure.FromSvg("c", Svg[..^4], "a")));
        Assert.Contains("give an svg element", Refusal(() => Figure.FromSvg("c", "<svg viewBox='0 0 1 1'/>", "a")));
        Assert.Contains("viewBox", Refusal(() => Figure.FromSvg("c", "<svg xmlns='http://www.w3.org/2000/svg' width='100%' height='100%'/>", "a")));
        Assert.Contains("no PNG file (30 bytes)", Refusal(() => Figure.FromPng("c", new byte[30], "a")));
        Assert.Contains("no PNG file (0 bytes)", Refusal(() => Figure.FromPng("c", [], "a")));
        Assert.ThrowsExactly<ArgumentException>(() => Figure.FromSvg("c", Svg, ""));
    }

    private static string Refusal(Func<object> make) => Assert.ThrowsExactly<ArgumentException>(() => _ = make()).Message;
}
