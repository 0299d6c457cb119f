namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class TablePartsTests
{
    [TestMethod]
    [DataRow(-0.04, 2.8, "0.0", "0.0 to 2.8")]
    [DataRow(-1.26, -0.06, "0.0", "-1.3 to -0.1")]
    [DataRow(0.8712, 0.8806, "0.0 %", "87.1 % to 88.1 %")]
    public void An_interval_that_begins_near_0_begins_at_0_without_a_sign(double lower, double upper, string format, string text)
        => Assert.AreEqual(text, TableParts.Cells(new Interval(lower, upper, 0.95), format)[0].Text);
}
