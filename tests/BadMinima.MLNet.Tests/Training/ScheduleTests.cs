using System.Text.Json;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class ScheduleTests
{
    public static IEnumerable<object[]> Schedules =>
    [
        [Schedule.Constant], [Schedule.Linear], [Schedule.Cosine], [Schedule.Step(0.1, 150, 250)], [Schedule.Triangular(0.3)], [Schedule.Triangular(0.23, 0.2, 0.07)], [Schedule.Restarts(10, 20)], [Schedule.Exponential(0.95)], [Schedule.Triangular(0.25).WithWarmUp(2.5)],
    ];

    [TestMethod]
    public void Each_schedule_is_its_known_sequence()
    {
        Equal([1, 1, 1, 1], Schedule.Constant);
        Equal([1, 0.75, 0.5, 0.25], Schedule.Linear);
        Equal([1, 0.853553, 0.5, 0.146447], Schedule.Cosine);
        Equal([1, 0.1, 0.1, 0.01], Schedule.Step(0.1, 1, 3));
        Equal([1, 0.95, 0.9025], Schedule.Exponential(0.95));
        Equal([0, 0.5, 1, 0.833333, 0.666667, 0.5, 0.333333, 0.166667], Schedule.Triangular(0.25));
        Equal([0.2, 0.6, 1, 0.85, 0.7, 0.55, 0.4, 0.25], Schedule.Triangular(0.25, start: 0.2, end: 0.1));
        Equal([0, 0.25, 0.5, 0.75, 1, 0.5], Schedule.Triangular(4.0 / 6));
        Equal([1, 0.853553, 0.5, 0.146447, 1, 0.853553, 0.5, 0.146447], Schedule.Restarts(4));
        Equal([1, 0.5, 1, 0.933013, 0.75, 0.5, 0.25, 0.066987], Schedule.Restarts(2, 8, 20));
        Equal([0, 0.5, 1, 1], Schedule.Constant.WithWarmUp(2));
        Equal([0, 0.375, 0.5, 0.25], Schedule.Linear.WithWarmUp(2));
        Equal([0, 0.05, 0.1, 0.1], Schedule.Step(0.1, 1).WithWarmUp(2));
        Equal([0, 0.125, 0.5, 0.75, 1, 0.75, 0.5, 0.25], Schedule.Triangular(0.5).WithWarmUp(2));
    }

    [TestMethod]
    public void Within_an_epoch_the_rate_moves_from_step_to_step()
    {
        double[] steps = [.. Enumerable.Range(0, 9).Select(s => Schedule.Triangular(0.5).At(s / 4.0, 2))];
        CollectionAssert.AreEqual(new[] { 0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0 }, steps);
        Assert.AreEqual(1, Schedule.Step(0.1, 1).At(0.99, 2));
        Assert.AreEqual(0.1, Schedule.Step(0.1, 1).At(1, 2));
    }

    [TestMethod]
    [DynamicData(nameof(Schedules))]
    public void Every_factor_lies_between_0_and_1_and_past_the_end_it_stays_there(Schedule schedule)
    {
        for (double epoch = 0; epoch < 450; epoch += 0.37)
        {
            Assert.IsTrue(schedule.At(epoch, 350) is >= 0 and <= 1, $"{schedule} at {epoch}: {schedule.At(epoch, 350)}");
        }
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
    public void Schedules_are_equal_when_every_setting_is()
    {
        Assert.AreEqual(Schedule.Step(0.1, 150, 250).WithWarmUp(5), Schedule.Step(0.1, 150, 250).WithWarmUp(5));
        Assert.AreEqual(Schedule.Step(0.1, 150, 250).GetHashCode(), Schedule.Step(0.1, 150, 250).GetHashCode());
        Schedule[] all = [.. Schedules.Select(s => (Schedule)s[0]), Schedule.Step(0.1, 150, 251), Schedule.Step(0.2, 150, 250), Schedule.Triangular(0.23, 0.2), Schedule.Triangular(0.23, 0, 0.07), Schedule.Cosine.WithWarmUp(1)];
        Assert.HasCount(all.Length, all.Distinct());
    }

    [TestMethod]
    public void A_schedule_prints_its_settings()
        => Assert.AreEqual("Schedule { Shape = Step, Factor = 0.1, Milestones = [150, 250], Peak = 0, Start = 0, End = 0, WarmUpEpochs = 0 }", $"{Schedule.Step(0.1, 150, 250)}");

    [TestMethod]
    public void A_schedule_that_cannot_be_is_refused_in_one_sentence()
    {
        Refused("Schedule.Step.Factor is 0; allowed is more than 0", () => Schedule.Step(0, 1));
        Refused("Schedule.Step.Factor is NaN", () => Schedule.Step(double.NaN, 1));
        Refused("Schedule.Step.Milestones is 5, 5; allowed is epochs from 1 on, each later than the one before", () => Schedule.Step(0.1, 5, 5));
        Refused("Schedule.Step.Milestones is 0, 5", () => Schedule.Step(0.1, 0, 5));
        Refused("Schedule.Step.Milestones is 9, 3", () => Schedule.Step(0.1, 9, 3));
        Refused("Schedule.WithWarmUp.WarmUpEpochs is -1; allowed is 0 or more", () => Schedule.Constant.WithWarmUp(-1));
        Refused("Schedule.WithWarmUp.WarmUpEpochs is NaN", () => Schedule.Constant.WithWarmUp(double.NaN));
        Refused("Schedule.WithWarmUp.WarmUpEpochs is Infinity", () => Schedule.Constant.WithWarmUp(double.PositiveInfinity));
        foreach (double peak in new[] { -0.1, 0, 1, 1.5, double.NaN })
        {
            Refused($"Schedule.Triangular.Peak is {peak}; allowed is a share of the phase's length, more than 0 and less than 1", () => Schedule.Triangular(peak));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Schedules))]
    public void A_schedule_comes_back_from_JSON_as_it_was(Schedule schedule)
    {
        string json = JsonSerializer.Serialize(schedule);
        Schedule back = JsonSerializer.Deserialize<Schedule>(json)!;
        Assert.AreEqual(schedule, back, json);
        Assert.AreEqual(schedule.GetHashCode(), back.GetHashCode());
        Assert.AreNotEqual(schedule, Schedule.Step(0.1, 150, 251));
    }

    [TestMethod]
    public void A_schedule_that_JSON_made_wrong_is_refused_with_its_phase()
    {
        foreach ((string json, string message) in new[]
        {
            ("""{"Shape":1,"Factor":-1,"Milestones":[1],"WarmUpEpochs":0}""", "Training.Schedule.Factor is -1"),
            ("""{"Shape":1,"Factor":0.1,"Milestones":[3,2],"WarmUpEpochs":0}""", "Training.Schedule.Milestones is 3, 2"),
            ("""{"Shape":4,"Factor":1,"Milestones":[],"Peak":2,"WarmUpEpochs":0}""", "Training.Schedule.Peak is 2"),
            ("""{"Shape":0,"Factor":1,"Milestones":[],"WarmUpEpochs":-2}""", "Training.Schedule.WarmUpEpochs is -2"),
            ("""{"Shape":9,"Factor":1,"Milestones":[],"WarmUpEpochs":0}""", "Training.Schedule.Shape is 9; allowed is Constant, Step"),
        })
        {
            Schedule schedule = JsonSerializer.Deserialize<Schedule>(json)!;
            Refused(message, () => (Recipe.Vanilla with { Schedule = schedule }).Validate("Training"));
        }
    }

    private static void Equal(double[] expected, Schedule schedule)
    {
        for (int epoch = 0; epoch < expected.Length; epoch++)
        {
            Assert.AreEqual(expected[epoch], schedule.At(epoch, expected.Length), 1e-6, $"{schedule} at {epoch}");
        }
    }

    private static void Refused(string message, Action make) => Assert.Contains(message, Assert.Throws<ArgumentOutOfRangeException>(make).Message);
}
