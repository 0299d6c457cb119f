using System.Xml.Linq;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class ChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [TestMethod]
    [DataRow("local-sgd\u00a0▼", 78)]
    [DataRow("標本標本標本", 78)]
    public void Names_beyond_Latin_letters_have_the_room_that_they_take(string name, double width)
    {
        string svg = new BarChart("Bars", ChartAxis.Percent("x"), [name, "a"], new BarGroup("g", [0.5, 0.7])).ToSvg();
        string place = (string)XElement.Parse(svg).Descendants(Svg + "text").Single(text => text.Value == name).Attribute("transform")!;
        Assert.IsGreaterThan(width, double.Parse(place["translate(".Length..place.IndexOf(',')], System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public void Each_drawing_scales_and_has_a_title_and_one_path_per_curve()
    {
        LineChart chart = new("Accuracy & loss", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"),
            Curve.PerEpoch("<first>", [0.1, 0.5, 0.9]), Curve.PerEpoch("second", [0.2, 0.3]), Curve.PerEpoch("third", [0.2, 0.1]) with { Faint = true });

        foreach (XElement drawing in Drawings(chart))
        {
            Assert.IsNull(drawing.Attribute("width"));
            Assert.IsNotNull(drawing.Attribute("viewBox"));
            Assert.AreEqual("Accuracy & loss", drawing.Element(Svg + "title")!.Value);
            Assert.AreEqual("Line chart, Accuracy & loss. Last values: <first> 90 %; second 30 %; third 10 %.", (string?)drawing.Attribute("aria-label"));
            for (int color = 0; color < 3; color++)
            {
                // One in the plot, one in the legend.
                Assert.HasCount(2, drawing.Descendants(Svg + "polyline").Where(line => ((string)line.Attribute("style")!).Contains($"var(--series-{color},")));
            }

            Assert.HasCount(1, drawing.Descendants(Svg + "text").Where(text => text.Value == "<first>"));
        }
    }

    [TestMethod]
    public void Colors_come_from_the_page_and_nothing_is_named_twice()
    {
        string html = Bars([0.25, 0.5]).ToHtml() + Bars([0.25, 0.5]).ToHtml();
        Assert.DoesNotContain("rgb(", html);
        Assert.DoesNotContain("black", html);
        Assert.DoesNotContain(" id=", html);
        Assert.DoesNotContain("clip-path", html);
    }

    [TestMethod]
    public void Bars_are_as_long_as_their_values_and_say_them()
    {
        foreach (XElement drawing in Drawings(Bars([0.25, 0.5])))
        {
            double[] lengths = [.. drawing.Descendants(Svg + "rect").Where(bar => ((string)bar.Attribute("style")!).Contains("var(--series-0,")).Select(bar => (double)bar.Attribute("width")!)];
            Assert.HasCount(2, lengths);
            Assert.AreEqual(2, lengths.Max() / lengths.Min(), 0.02);
            Assert.HasCount(1, drawing.Descendants(Svg + "text").Where(text => text.Value == "25.0 %"));
        }
    }

    [TestMethod]
    public void A_mark_writes_its_name()
    {
        LineChart chart = new("c", ChartAxis.Count("epoch"), new ChartAxis("loss"), Curve.PerEpoch("a", [3, 2, 1])) { Marks = [(2, "rate / 10")] };
        Assert.IsTrue(Drawings(chart).All(drawing => drawing.Descendants(Svg + "text").Any(text => text.Value == "rate / 10")));
    }

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void A_value_that_is_not_finite_leaves_a_gap(double value)
    {
        LineChart chart = new("c", ChartAxis.Count("epoch"), new ChartAxis("loss"), Curve.PerEpoch("a", [3, 2, value, 2, 1]));
        Assert.IsTrue(Drawings(chart).All(drawing => drawing.Descendants(Svg + "polyline").Count(line => ((string)line.Attribute("style")!).Contains("var(--series-0,")) == 2));
        Assert.DoesNotContain(value.ToString(), chart.ToHtml());
    }

    [TestMethod]
    public void A_curve_without_points_is_only_a_name()
    {
        LineChart chart = new("c", ChartAxis.Count("epoch"), new ChartAxis("loss"), Curve.PerEpoch("a", []), Curve.PerEpoch("b", []));
        Assert.IsTrue(Drawings(chart).All(drawing => drawing.Descendants(Svg + "text").Any(text => text.Value == "a")));
        Assert.DoesNotContain("NaN", chart.ToHtml());
    }

    [TestMethod]
    public void Charts_without_data_are_refused()
    {
        Assert.Contains("no curves", Assert.ThrowsExactly<ArgumentException>(() => new LineChart("c", ChartAxis.Count("x"), ChartAxis.Count("y"))).Message);
        Assert.Contains("2 categories, but 'g' has 1 values", Assert.ThrowsExactly<ArgumentException>(() => Bars([0.5])).Message);
    }

    private static BarChart Bars(double[] values) => new("Accuracy", ChartAxis.Percent("accuracy"), ["a", "b"], new BarGroup("g", values)) { ValueFormat = "0.0 %" };

    private static XElement[] Drawings(Chart chart)
    {
        XElement[] drawings = [.. XElement.Parse(chart.ToHtml()).Descendants(Svg + "svg")];
        Assert.HasCount(2, drawings);
        return drawings;
    }

    [TestMethod]
    public void Contours_have_their_heights_places_and_paths_and_a_grid_of_the_axes_size()
    {
        double[] axis = [0, 1, 2, 3];
        double[][] heights = [.. axis.Select(y => axis.Select(x => x == 3 && y == 3 ? double.NaN : x + y).ToArray())];
        ContourChart chart = new("A slope", new ChartAxis("x"), new ChartAxis("y"), axis, axis, heights, [1.5, 3.5])
        {
            Places = [(0, 0, "foot"), (2.5, 1, "shoulder")],
            Paths = [new Curve("up", [(0, 0), (1, 1), (2.5, 1)])],
        };
        string svg = chart.ToSvg();
        foreach (string text in (string[])[">1.5<", ">3.5<", ">foot<", ">shoulder<"])
        {
            Assert.Contains(text, svg);
        }

        Assert.Contains("Lines at 1.5, 3.5. foot at 0, 0; shoulder at 2.5, 1.", chart.ToMarkdown());
        Assert.Contains("a height for each column and row", Assert.Throws<ArgumentException>(() => new ContourChart("c", new ChartAxis("x"), new ChartAxis("y"), axis, axis[1..], heights, [1])).Message);
        Assert.Contains("no levels", Assert.Throws<ArgumentException>(() => new ContourChart("c", new ChartAxis("x"), new ChartAxis("y"), axis, axis, heights, [])).Message);
    }
}
