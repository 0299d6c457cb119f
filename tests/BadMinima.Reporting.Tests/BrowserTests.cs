namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class BrowserTests
{
    [TestMethod]
    public async Task A_page_with_every_block_looks_right_on_phones_desks_and_paper()
    {
        await using PageCheck check = await PageCheck.StartAsync();
        await WithFile("report.html", SampleReport.Create().ToHtml(), async path =>
        {
            IReadOnlyList<string> problems = await check.ProblemsAsync(path);
            Assert.IsEmpty(problems, string.Join('\n', problems));
        });
    }

    [TestMethod]
    public async Task Every_fault_of_a_page_is_seen()
    {
        Dictionary<string, string> faults = new()
        {
            ["<p style='width: 2000px; max-width: none'>wide</p>"] = "the page is 20",
            ["<img src='http://127.0.0.1:9/x.png' alt='x'>"] = "asks for http://127.0.0.1:9/x.png",
            ["<script>throw new Error('broken')</script>"] = "broken",
            ["<script>console.log('chatter')</script>"] = "the console says log: chatter",
            ["<figure class='chart'><figcaption>empty</figcaption></figure>"] = "shows 0 drawings",
            ["<figure>nameless</figure>"] = "has no caption",
            ["<figure style='break-inside: auto'><figcaption>torn</figcaption></figure>"] = "a page may end within \"torn\"",
            ["<a href='#nowhere'>link</a>"] = "leads nowhere",
            ["<p style='color: #999'>pale</p>"] = "color-contrast",
            ["<style>body { background: #fff; color: #000 }</style>"] = "Dark: background and text are",
            ["<style>@media print { details::details-content { content-visibility: hidden !important } }</style><details><summary>fold</summary><p>in</p></details>"] = "the fold \"fold\" is closed",
        };
        string html = new Page("A page", "With faults.", new Section("One", new Paragraph("FAULT"))).ToHtml().Replace("<p>FAULT</p>", string.Concat(faults.Keys));

        await using PageCheck check = await PageCheck.StartAsync();
        await WithFile("faults.html", html, async path =>
        {
            string problems = string.Join('\n', await check.ProblemsAsync(path));
            foreach ((string fault, string expected) in faults)
            {
                Assert.Contains(expected, problems, fault);
            }
        });
    }

    private static async Task WithFile(string name, string html, Func<string, Task> use)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reporting-");
        try
        {
            string path = Path.Combine(folder.FullName, name);
            await File.WriteAllTextAsync(path, html);
            await use(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
