namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class ScheduleTests
{
    [TestMethod]
    public void Each_schedule_is_its_known_sequence()
    {
        Equal([1, 1, 1, 1], Schedule.Constant);
        Equal([1, 0.75, 0.5, 0.25], Schedule.Linear);
        Equal([1, 0.853553, 0.5, 0.146447], Schedule.Cosine);
        Equal([1, 0.1, 0.1, 0.01], Schedule.Step(0.1, 1, 3));
        Equal([0, 0.5, 1, 1], Schedule.Constant.WithWarmUp(2));
        Equal([0, 0.375, 0.5, 0.25], Schedule.Linear.WithWarmUp(2));
    }

    [TestMethod]
    public void The_papers_schedule_steps_after_150_and_250_epochs()
    {
        Schedule paper = Schedule.Step(0.1, 150, 250);
        Assert.AreEqual(1, paper.At(149.99, 350));
        Assert.AreEqual(0.1, paper.At(150, 350), 1e-12);
        Assert.AreEqual(0.01, paper.At(250, 350), 1e-12);
    }

    [TestMethod]
    public void A_schedule_that_cannot_be_is_refused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Schedule.Step(0, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Schedule.Step(0.1, 5, 5));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Schedule.Constant.WithWarmUp(-1));
    }

    private static void Equal(double[] expected, Schedule schedule)
    {
        for (int epoch = 0; epoch < expected.Length; epoch++)
        {
            Assert.AreEqual(expected[epoch], schedule.At(epoch, expected.Length), 1e-6, $"{schedule} at {epoch}");
        }
    }
}
