namespace BadMinima.MLNet.Examples.Readers;

/// <summary>A class and the folders, within a part of the set, that its images lie in.</summary>
/// <param name="Name">The key value of its label.</param>
/// <param name="Folders">One folder or more, in ordinal order.</param>
internal sealed record ImageClass(string Name, string[] Folders);
