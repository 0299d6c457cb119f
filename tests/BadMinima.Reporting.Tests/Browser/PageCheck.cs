using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace BadMinima.Reporting.Tests;

/// <summary>
/// Looks at a page in Chromium as readers do, on phones, tablets and desks, in light and dark, and on paper, and says what is wrong with
/// it.
/// Shared by the tests of every program that writes pages.
/// </summary>
internal sealed class PageCheck : IAsyncDisposable
{
    /// <summary>The environment variable that names a folder where pictures of the pages are left, for a person to look at.</summary>
    private const string Pictures = "BADMINIMA_SCREENSHOTS";

    // A4 between the margins that browsers leave.
    private const int PaperWidth = 718;

    private static readonly int[] Widths = [360, 768, 1400];

    // Runs in the page. A chart has two drawings, of which one shows: its box is the figure's.
    private const string Looks =
        """
        () => {
            const problems = [];
            const name = e => e.tagName.toLowerCase() + (e.className && e.className.baseVal === undefined ? '.' + e.className.trim().replaceAll(' ', '.') : '')
                + ' "' + (e.getAttribute('aria-label') || e.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 60) + '"';
            const root = document.documentElement;
            if (root.scrollWidth > innerWidth) problems.push(`the page is ${root.scrollWidth} wide`);
            for (const e of document.body.querySelectorAll('*')) {
                const box = e.getBoundingClientRect();
                const offers = e.closest('.skip') || e.parentElement.closest('.scroll, svg') || !e.checkVisibility({ contentVisibilityAuto: true });
                if (!offers && box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5)) problems.push(`${name(e)} reaches from ${box.left} to ${box.right}`);
            }
            const open = e => !e.parentElement.closest('details:not([open])');
            for (const figure of document.querySelectorAll('figure')) {
                const box = figure.getBoundingClientRect();
                if (open(figure) && !(box.width > 50 && box.height > 20)) problems.push(`${name(figure)} is ${box.width} x ${box.height}`);
                if (!figure.querySelector('figcaption')?.textContent.trim()) problems.push(`${name(figure)} has no caption`);
            }
            for (const chart of [...document.querySelectorAll('.chart')].filter(open)) {
                const drawings = [...chart.querySelectorAll('svg')].map(e => e.getBoundingClientRect()).filter(box => box.width > 200 && box.height > 80);
                if (drawings.length !== 1) problems.push(`${name(chart)} shows ${drawings.length} drawings`);
            }
            for (const image of document.images) {
                if (!(image.complete && image.naturalWidth > 0)) problems.push(`${name(image)} ${image.alt} does not load`);
            }
            for (const link of document.querySelectorAll('a[href^="#"]')) {
                if (!document.getElementById(link.getAttribute('href').slice(1))) problems.push(`${name(link)} leads nowhere`);
            }
            return problems;
        }
        """;

    private const string Paper =
        """
        () => [
            ...[...document.querySelectorAll('details')].filter(e => [...e.children].some(child => !child.checkVisibility()))
                .map(e => 'the fold "' + e.querySelector('summary').textContent + '" is closed'),
            ...[...document.querySelectorAll('figure')].filter(e => getComputedStyle(e).breakInside !== 'avoid').map(e => 'a page may end within "' + e.textContent.trim() + '"'),
        ]
        """;

    private const string SetFolds = "open => document.querySelectorAll('details').forEach(e => e.open = open)";

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private PageCheck(IPlaywright driver, IBrowser browser)
    {
        _driver = driver;
        _browser = browser;
    }

    /// <summary>Starts the browser; the test is inconclusive where there is none (<see cref="Chromium"/>).</summary>
    public static async Task<PageCheck> StartAsync()
    {
        string path = Chromium.Path();
        IPlaywright driver = await Playwright.CreateAsync();
        try
        {
            return new PageCheck(driver, await driver.Chromium.LaunchAsync(new() { ExecutablePath = path }));
        }
        catch
        {
            driver.Dispose();
            throw;
        }
    }

    /// <summary>
    /// All that is wrong with a page: words in the console, requests, what overflows or does not show at 360, 768 and 1,400 pixels and on
    /// A4, colors of the wrong
    /// theme, and what axe-core's own set of rules finds.
    /// </summary>
    /// <param name="path">The HTML file.</param>
    /// <returns>A line per problem, none for a good page.</returns>
    public async Task<IReadOnlyList<string>> ProblemsAsync(string path)
    {
        List<string> problems = [];
        await LookAsync(path, ColorScheme.Light, problems);
        await LookAsync(path, ColorScheme.Dark, problems);
        return problems;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }

    private async Task LookAsync(string path, ColorScheme scheme, List<string> problems)
    {
        Uri file = new(Path.GetFullPath(path));
        await using IBrowserContext context = await _browser.NewContextAsync(new() { ColorScheme = scheme });
        IPage page = await context.NewPageAsync();
        page.Console += (_, message) => problems.Add($"{scheme}: the console says {message.Type}: {message.Text}");
        page.PageError += (_, error) => problems.Add($"{scheme}: {error}");
        page.Request += (_, request) =>
        {
            if (request.Url != file.AbsoluteUri && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                problems.Add($"{scheme}: the page asks for {request.Url}");
            }
        };

        await page.GotoAsync(file.AbsoluteUri);
        await CheckColorsAsync(page, scheme, problems);
        foreach (int width in Widths)
        {
            string where = $"{scheme}, {width} pixels";
            await page.SetViewportSizeAsync(width, 900);
            await LeavePictureAsync(page, $"{Path.GetFileNameWithoutExtension(path)}-{width}-{scheme}.png");
            await AddAsync(page, Looks, where, problems);

            // Folds are opened for axe too, which otherwise passes over what is in them. It takes seconds: once a theme, on a phone and on
            // a desk.
            await page.EvaluateAsync(SetFolds, true);
            await AddAsync(page, Looks, $"{where}, unfolded", problems);
            if (width == (scheme == ColorScheme.Dark ? Widths[0] : Widths[^1]))
            {
                AxeResult axe = await page.RunAxe();
                problems.AddRange(axe.Violations.SelectMany(v => v.Nodes.Select(node => $"{where}: axe, {v.Id}: {v.Help}: {node.Html[..Math.Min(160, node.Html.Length)]}")));
            }

            await page.EvaluateAsync(SetFolds, false);
        }

        await page.SetViewportSizeAsync(PaperWidth, 900);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await CheckColorsAsync(page, ColorScheme.Light, problems);
        await AddAsync(page, Looks, $"{scheme}, print", problems);
        await LeavePictureAsync(page, $"{Path.GetFileNameWithoutExtension(path)}-print-{scheme}.png");
        await AddAsync(page, Paper, $"{scheme}, print", problems);
    }

    private static async Task LeavePictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable(Pictures) is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { FullPage = true, Path = Path.Combine(folder, name) });
        }
    }

    private static async Task CheckColorsAsync(IPage page, ColorScheme expected, List<string> problems)
    {
        string colors = await page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color");
        if (Brightness(colors, 0) < Brightness(colors, 1) != (expected == ColorScheme.Dark))
        {
            problems.Add($"{expected}: background and text are {colors}");
        }
    }

    private static async Task AddAsync(IPage page, string script, string where, List<string> problems) =>
        problems.AddRange((await page.EvaluateAsync<string[]>(script)).Select(problem => $"{where}: {problem}"));

    /// <summary>The sum of the three channels of the <paramref name="index"/>-th of some colors written rgb(r, g, b).</summary>
    private static int Brightness(string colors, int index) =>
        colors.Split("rgb(", StringSplitOptions.RemoveEmptyEntries)[index].TrimEnd(')').Split(',').Sum(channel => int.Parse(channel));
}
