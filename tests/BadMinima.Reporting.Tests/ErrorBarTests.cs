using System.Xml.Linq;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class ErrorBarTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [TestMethod]
    public void A_band_is_a_shade_in_its_curves_color_that_the_legend_does_not_name()
    {
        LineChart chart = Lines(
            Curve.PerEpoch("first", [0.2, 0.3, 0.4]) with { Band = [(0.1, 0.3), (0.2, 0.4), (0.3, 0.5)] },
            Curve.PerEpoch("second", [0.6, 0.6, 0.6]) with { Band = [(0.5, 0.7), (double.NaN, double.NaN), (0.5, 0.7)], Look = 4 });
        foreach (XElement drawing in Drawings(chart))
        {
            XElement shade = Single(drawing, "polygon", "var(--series-0,");
            Assert.Contains("fill-opacity:0.17", (string)shade.Attribute("style")!);
            Assert.HasCount(1, drawing.Descendants(Svg + "text").Where(text => text.Value == "first"));

            // A gap in the middle leaves two shades of one place each: there is nothing between them to fill.
            Assert.IsFalse(drawing.Descendants(Svg + "polygon").Any(shape => Style(shape).Contains("var(--series-4,", StringComparison.Ordinal) && Points(shape).Max(p => p.X) - Points(shape).Min(p => p.X) > 9));
            Assert.HasCount(1, drawing.Descendants(Svg + "text").Where(text => text.Value == "second"));
        }
    }

    [TestMethod]
    public void A_band_stays_within_the_axis()
    {
        LineChart inside = Lines(Curve.PerEpoch("a", [0.5, 0.5]) with { Band = [(0, 1), (0, 1)] });
        LineChart beyond = Lines(Curve.PerEpoch("a", [0.5, 0.5]) with { Band = [(-3, 1), (0, 7)] });
        Assert.AreEqual(Single(Drawings(inside)[0], "polygon", "var(--series-0,").ToString(), Single(Drawings(beyond)[0], "polygon", "var(--series-0,").ToString());
    }

    [TestMethod]
    public void Error_bars_reach_from_end_to_end_and_are_said()
    {
        LineChart chart = Lines(new Curve("a", [(1, 0.5), (2, 0.6)]) { ErrorBars = [(0.25, 0.75), (double.NaN, 0.9)] });
        foreach (XElement drawing in Drawings(chart))
        {
            // The bar and its two caps at the first point, none at the second.
            (double X, double Y)[][] lines = [.. drawing.Descendants(Svg + "polyline").Where(line => Style(line).Contains("var(--series-0,", StringComparison.Ordinal)).Select(Points)];
            (double X, double Y)[][] bars = [.. lines.Where(line => line.Length == 2 && line[0].X == line[1].X)];
            Assert.HasCount(1, bars);
            Assert.AreEqual(0.5 * Height(drawing), Math.Abs(bars[0][0].Y - bars[0][1].Y), 0.02 * Height(drawing));
            Assert.HasCount(2, lines.Where(line => line.Length == 2 && line[0].Y == line[1].Y && Math.Abs(line[0].X - line[1].X) < 9));
            Assert.HasCount(2, drawing.Descendants(Svg + "ellipse"), "a marker per point");
        }

        Assert.Contains("| 1 | 50 % (25 % to 75 %) |\n| 2 | 60 % |", chart.ToMarkdown());
    }

    [TestMethod]
    public void Points_have_markers_where_they_are_few_or_would_not_be_seen()
    {
        double[] many = [.. Enumerable.Range(0, 13).Select(i => i / 13.0)];

        // A legend, there with more than one curve, has one more of each curve with markers.
        Assert.AreEqual(3 + 2 + 2, Markers(Lines(Curve.PerEpoch("a", many[..3]), Curve.PerEpoch("b", many[..2]) with { Look = 0 })));
        Assert.AreEqual(0, Markers(Lines(Curve.PerEpoch("a", many), Curve.PerEpoch("b", many[..2]) with { Look = 0 })));
        Assert.AreEqual(1 + 1, Markers(Lines(Curve.PerEpoch("a", many), Curve.PerEpoch("b", many[..1]) with { Look = 0 })));
        Assert.AreEqual(13, Markers(Lines(Curve.PerEpoch("a", many) with { Markers = true })));
        Assert.AreEqual(0, Markers(Lines(Curve.PerEpoch("a", many[..3]) with { Markers = false })));

        static int Markers(LineChart chart) => Drawings(chart)[0].Descendants(Svg + "ellipse").Count();
    }

    [TestMethod]
    public void Error_bars_of_two_curves_at_one_place_stand_beside_each_other()
    {
        Curve curve = new("a", [(0.01, 0.5), (0.1, 0.5)]) { ErrorBars = [(0.4, 0.6), (0.4, 0.6)] };
        LineChart chart = new("c", ChartAxis.Logarithmic("rate"), ChartAxis.Percent("y"), curve, curve with { Name = "b" });
        (double, double)[] a = Bars(chart, 0), b = Bars(chart, 1);
        Assert.HasCount(2, a);
        for (int i = 0; i < 2; i++)
        {
            Assert.IsGreaterThan(3, b[i].Item1 - a[i].Item1);
        }

        static (double, double)[] Bars(LineChart chart, int series) => [.. Drawings(chart)[0].Descendants(Svg + "polyline")
            .Where(line => Style(line).Contains($"var(--series-{series},", StringComparison.Ordinal)).Select(Points).Where(p => p.Length == 2 && p[0].X == p[1].X).Select(p => p[0])];
    }

    [TestMethod]
    public void A_logarithmic_axis_names_the_rates_that_are_swept_at_equal_distances()
    {
        LineChart chart = new("c", ChartAxis.Logarithmic("rate"), ChartAxis.Percent("y"), new Curve("a", [(0.003, 0.1), (0.03, 0.5), (0.3, 0.2)]) { ErrorBars = [(0, 1), (0, 1), (0, 1)] });
        foreach (XElement drawing in Drawings(chart))
        {
            string[] texts = [.. drawing.Descendants(Svg + "text").Select(text => text.Value)];
            foreach (string rate in (string[])["0.003", "0.01", "0.03", "0.1", "0.3"])
            {
                CollectionAssert.Contains(texts, rate);
            }

            double[] places = [.. drawing.Descendants(Svg + "ellipse").Select(marker => (double)marker.Attribute("cx")!)];
            Assert.AreEqual(places[1] - places[0], places[2] - places[1], 0.01);
        }
    }

    [TestMethod]
    public void Values_of_bars_stand_clear_of_their_error_bars_on_either_side_of_zero()
    {
        BarChart chart = new("Gap", new ChartAxis("points", "0.0"), ["a", "b", "c"], new BarGroup("gap", [8, -4, double.NaN]) { ErrorBars = [(3, 21), (-6, 1), (double.NaN, double.NaN)] });
        foreach (XElement drawing in Drawings(chart))
        {
            (double X, double Y)[][] whiskers = [.. drawing.Descendants(Svg + "polyline").Where(line => Style(line).Contains("stroke:currentColor;stroke-width:1.25", StringComparison.Ordinal)).Select(Points)];
            (double X, double Y)[][] bars = [.. whiskers.Where(line => line[0].Y == line[1].Y)];
            Assert.HasCount(2, bars);
            Assert.HasCount(4, whiskers.Where(line => line[0].X == line[1].X), "caps");
            XElement positive = Text(drawing, "8.0"), negative = Text(drawing, "-4.0");
            Assert.AreEqual("end", (string?)negative.Attribute("text-anchor"));
            Assert.AreNotEqual("end", (string?)positive.Attribute("text-anchor"));
            Assert.IsGreaterThan(bars.SelectMany(bar => bar).Max(p => p.X) + 3, X(positive));
            Assert.IsLessThan(bars.SelectMany(bar => bar).Min(p => p.X) - 3, X(negative));

            // The room left of the value is not the categories' either.
            Assert.IsGreaterThan(X(Text(drawing, "a")) + 20, X(negative));
            Assert.AreEqual(18.0 / 7, (bars[0][1].X - bars[0][0].X) / (bars[1][1].X - bars[1][0].X), 0.02);
            Assert.IsNotNull(Text(drawing, "–"));
        }
    }

    [TestMethod]
    public void An_error_bar_beyond_the_axis_ends_there_without_a_cap()
    {
        BarChart chart = new("Accuracy", ChartAxis.Percent("accuracy"), ["a"], new BarGroup("g", [0.95]) { ErrorBars = [(0.8, 1.1)] });
        XElement drawing = Drawings(chart)[0];
        (double X, double Y)[][] lines = [.. drawing.Descendants(Svg + "polyline").Where(line => Style(line).Contains("stroke:currentColor;stroke-width:1.25", StringComparison.Ordinal)).Select(Points)];
        Assert.HasCount(2, lines, "the bar and one cap");
        Assert.IsLessThan(X(Text(drawing, "95 %")), lines.SelectMany(line => line).Max(p => p.X));
    }

    [TestMethod]
    public void Long_names_of_categories_are_broken_where_bars_would_lose_their_room()
    {
        BarChart chart = new("c", ChartAxis.Percent("accuracy"), ["augmentation + l2 + momentum"], new BarGroup("g", [1]));
        double[] lengths = [.. Drawings(chart).Select(drawing => (double)Single(drawing, "rect", "var(--series-0,").Attribute("width")!)];
        Assert.IsGreaterThan(0.3 * 640, lengths[0]);
        Assert.IsGreaterThan(0.3 * 340, lengths[1]);
    }

    [TestMethod]
    public void Ranges_that_fit_no_value_are_refused()
    {
        Assert.Contains("3 values of 'a', but 1 ranges in Band", Refusal(() => Lines(Curve.PerEpoch("a", [1, 2, 3]) with { Band = [(0, 1)] })));
        Assert.Contains("from 2 to 1 in ErrorBars", Refusal(() => Lines(Curve.PerEpoch("a", [1]) with { ErrorBars = [(2, 1)] })));
        Assert.Contains("2 ranges in ErrorBars", Refusal(() => new BarChart("c", ChartAxis.Count("x"), ["k"], new BarGroup("g", [1]) { ErrorBars = [(0, 1), (0, 1)] })));
        Assert.Contains("at 0 on a logarithmic axis", Refusal(() => new LineChart("c", ChartAxis.Logarithmic("x"), ChartAxis.Count("y"), new Curve("a", [(0, 1)]))));
        Assert.Contains("only the one below", Refusal(() => new LineChart("c", ChartAxis.Count("x"), ChartAxis.Logarithmic("y"), new Curve("a", [(1, 1)]))));
        Assert.Contains("bars are lengths from 0", Refusal(() => new BarChart("c", ChartAxis.Logarithmic("x"), ["k"], new BarGroup("g", [1]))));
    }

    private static string Refusal(Func<object> make) => Assert.ThrowsExactly<ArgumentException>(() => _ = make()).Message;

    private static LineChart Lines(params Curve[] curves) => new("c", ChartAxis.Count("epoch"), ChartAxis.Percent("accuracy"), curves);

    private static XElement[] Drawings(Chart chart) => [.. XElement.Parse(chart.ToHtml()).Descendants(Svg + "svg")];

    private static string Style(XElement element) => (string?)element.Attribute("style") ?? "";

    private static XElement Single(XElement drawing, string name, string style) => drawing.Descendants(Svg + name).Single(element => Style(element).Contains(style, StringComparison.Ordinal));

    private static XElement Text(XElement drawing, string value) => drawing.Descendants(Svg + "text").Single(text => text.Value == value);

    private static double X(XElement text) => double.Parse(System.Text.RegularExpressions.Regex.Match((string)text.Attribute("transform")!, @"translate\(([\d.]+)").Groups[1].Value);

    /// <summary>The length of the axis to the left, from the lines across at 0 % and 100 %.</summary>
    private static double Height(XElement drawing)
    {
        double[] places = [.. drawing.Descendants(Svg + "polyline").Where(line => Style(line).Contains("currentColor", StringComparison.Ordinal)).Select(Points).Where(p => p[0].Y == p[1].Y).Select(p => p[0].Y)];
        return places.Max() - places.Min();
    }

    private static (double X, double Y)[] Points(XElement line) =>
        [.. ((string)line.Attribute("points")!).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(',')).Select(pair => (double.Parse(pair[0]), double.Parse(pair[1])))];
}
