namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class InputShapeTests
{
    [TestMethod]
    public void A_shape_says_what_it_is_of_and_how_many_values_it_has()
    {
        InputShape image = new ImageShape(3, 24, 40);
        Assert.AreEqual((InputKinds.Images, 3, 3 * 24 * 40, "images of 3x24x40"), (image.Kind, image.Channels, image.Volume, $"{image}"));
        Assert.AreEqual(new ImageShape(3, 24, 40), image.Image);
        CollectionAssert.AreEqual(new[] { 3, 24, 40 }, image.Dimensions);

        var vector = InputShape.Vector(7);
        Assert.AreEqual((InputKinds.Vectors, 7, 7, "feature vectors of 7"), (vector.Kind, vector.Channels, vector.Volume, $"{vector}"));
        CollectionAssert.AreEqual(new[] { 7 }, vector.Dimensions);

        var sequence = InputShape.Sequence(20, 3);
        Assert.AreEqual((InputKinds.Sequences, 3, 20, 60), (sequence.Kind, sequence.Channels, sequence.Steps, sequence.Volume));
        Assert.AreEqual("sequences of 20 steps of 3 features", $"{sequence}");
        CollectionAssert.AreEqual(new[] { 20, 3 }, sequence.Dimensions);
    }

    [TestMethod]
    public void Shapes_of_the_same_numbers_and_another_kind_are_not_the_same()
    {
        Assert.AreEqual(InputShape.Sequence(2, 3), InputShape.Sequence(2, 3));
        Assert.AreNotEqual(InputShape.Sequence(2, 3), InputShape.Sequence(3, 2));
        Assert.AreNotEqual(InputShape.Vector(3), InputShape.Sequence(1, 3));
        Assert.AreNotEqual(InputShape.Vector(3), (InputShape)new ImageShape(3, 1, 1));
    }

    [TestMethod]
    public void What_a_shape_does_not_have_and_what_it_cannot_be_is_said()
    {
        Assert.Contains("The examples are feature vectors of 7: only an image has a height and a width",
            Assert.ThrowsExactly<InvalidOperationException>(() => InputShape.Vector(7).Image).Message);
        Assert.Contains("The examples are images of 1x2x3: only a sequence has steps",
            Assert.ThrowsExactly<InvalidOperationException>(() => ((InputShape)new ImageShape(1, 2, 3)).Steps).Message);
        Fails("The vector's features is 0; allowed is 1 to 536,870,911", () => InputShape.Vector(0));
        Fails("The vector's features is 536,870,912", () => InputShape.Vector(1 << 29));
        Fails("The sequence's steps is -1; allowed is 1 to 178,956,970", () => InputShape.Sequence(-1, 3));
        Fails("The sequence's features is 0", () => InputShape.Sequence(3, 0));
        Fails("The sequence's steps is 100,000; allowed is 1 to 5,368", () => InputShape.Sequence(100_000, 100_000));
        Assert.AreEqual("nothing", $"{default(InputShape)}");
    }

    private static void Fails(string message, Func<InputShape> make)
        => Assert.Contains(message, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => make()).Message);
}
