namespace BadMinima.MLNet;

/// <summary>The formats that a folder can hold a set of images in.</summary>
public enum ImageSetFormat
{
    /// <summary>Binary files like those of CIFAR-10.</summary>
    Cifar10,

    /// <summary>Binary files like those of CIFAR-100.</summary>
    Cifar100,

    /// <summary>IDX files, like MNIST's.</summary>
    Idx,

    /// <summary>Image files in folders, one a class.</summary>
    ClassFolders,
}
