namespace BadMinima.Reporting;

/// <summary>
/// One self-contained HTML file: no script, and nothing fetched from anywhere. Readable from 360 pixels of width on, in light and dark, and
/// on paper.
/// </summary>
public sealed partial class Page : Block
{
    private static readonly string Style = ReadStyle();

    /// <summary>A page.</summary>
    /// <param name="title">The title, in the window's title and above the page.</param>
    /// <param name="lead">What the page is about, in a sentence or two.</param>
    /// <param name="sections">The sections in their order.</param>
    /// <exception cref="ArgumentException">An empty title.</exception>
    public Page(string title, string lead, params IReadOnlyList<Section> sections)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(lead);
        ArgumentNullException.ThrowIfNull(sections);
        Title = title;
        Lead = lead;
        Sections = sections;
        Anchors = Unique(sections);
    }

    /// <summary>The title.</summary>
    public string Title { get; }

    /// <summary>What the page is about.</summary>
    public string Lead { get; }

    /// <summary>The sections in their order.</summary>
    public IReadOnlyList<Section> Sections { get; }

    /// <summary>A line at the page's foot, for example what wrote it and when; by default none.</summary>
    public string? Footer { get; init; }

    /// <summary>Whether a table of contents with links to the sections stands before them; by default not.</summary>
    public bool HasContents { get; init; }

    /// <summary>
    /// The sections' anchors, each once: a second of one name ends with -1, a third with -2, as GitHub numbers them in Markdown.
    /// </summary>
    private string[] Anchors { get; }

    /// <summary>The whole page; each block in its own Markdown.</summary>
    /// <inheritdoc/>
    public override string ToMarkdown() => Markdown.Parts(
        [
            $"# {Markdown.Text(Title)}",
            Markdown.Text(Lead),
            HasContents ? string.Join('\n', Sections.Select((section, i) => $"- [{Markdown.Text(section.Title)}](#{Anchors[i]})")) : "",
            .. Sections.SelectMany(
                section => section.Blocks.Select(block => block.ToMarkdown()).Prepend($"## {Markdown.Text(section.Title)}")),
            Footer is null ? "" : $"---\n\n{Markdown.Text(Footer)}",
        ]) + "\n";

    /// <summary>Writes the page to a file, whole or not at all (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public void Save(string path) => AtomicFile.Write(path, ToHtml());

    /// <summary>
    /// Writes report.html, report.md, and the charts that have a <see cref="Chart.File"/>, each whole or not at all.
    /// </summary>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public void Publish(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (Chart chart in Sections.SelectMany(section => section.Blocks).OfType<Chart>().Where(chart => chart.File is not null))
        {
            AtomicFile.Write(Path.Combine(folder, chart.File!), chart.ToSvg());
        }

        AtomicFile.Write(Path.Combine(folder, "report.md"), ToMarkdown());
        Save(Path.Combine(folder, "report.html"));
    }

    private static string[] Unique(IReadOnlyList<Section> sections)
    {
        HashSet<string> taken = [""];
        string[] anchors = new string[sections.Count];
        for (int i = 0; i < anchors.Length; i++)
        {
            string anchor = sections[i].Id;
            for (int copy = 1; !taken.Add(anchor); copy++)
            {
                anchor = $"{sections[i].Id}-{copy}";
            }

            anchors[i] = anchor;
        }

        return anchors;
    }

    private static string ReadStyle()
    {
        using StreamReader reader = new(typeof(Page).Assembly.GetManifestResourceStream("page.css")!);
        return reader.ReadToEnd();
    }
}
