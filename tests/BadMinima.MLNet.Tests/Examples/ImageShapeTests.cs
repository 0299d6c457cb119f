using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class ImageShapeTests
{
    [TestMethod]
    public void A_shape_travels_in_the_type_of_a_column()
    {
        var shape = new ImageShape(3, 24, 40);
        VectorDataViewType type = shape.ToVectorType(NumberDataViewType.Single);
        CollectionAssert.AreEqual(new[] { 3, 24, 40 }, type.Dimensions);
        Assert.AreEqual(NumberDataViewType.Single, type.ItemType);
        Assert.IsTrue(ImageShape.TryFrom(type, out ImageShape read));
        Assert.AreEqual(shape, read);
        Assert.AreEqual(3 * 24 * 40, read.Volume);
        Assert.AreEqual("3x24x40", read.ToString());
    }

    [TestMethod]
    public void A_type_without_three_known_dimensions_bears_no_shape()
    {
        DataViewType?[] types =
        [
            null, TextDataViewType.Instance, new VectorDataViewType(NumberDataViewType.Byte), new VectorDataViewType(NumberDataViewType.Byte, 784),
            new VectorDataViewType(NumberDataViewType.Byte, 28, 28), new VectorDataViewType(NumberDataViewType.Byte, 3, 0, 28),
        ];
        foreach (DataViewType? type in types)
        {
            Assert.IsFalse(ImageShape.TryFrom(type, out _), $"{type}");
        }
    }

    [TestMethod]
    public void A_size_below_one_or_above_what_an_array_holds_is_refused()
    {
        Assert.Contains("height is 0", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageShape(3, 0, 32)).Message);
        Assert.Contains("channels is -1", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageShape(-1, 32, 32)).Message);
        Assert.Contains("3x65536x65536", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageShape(3, 65536, 65536)).Message);
    }
}
