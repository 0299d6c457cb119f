using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BadMinima.Reporting;

/// <summary>
/// A part of a page: an object that holds what it shows, and whose Razor template (the file of its name, with <c>@inherits Block</c>)
/// writes it as HTML.
/// Unlike a Razor component it is made with <c>new</c>, so programs compose pages in plain C#. To add a kind of block, derive from this
/// class.
/// </summary>
public abstract class Block
{
    /// <summary>The block, for templates of the blocks around it.</summary>
    public RenderFragment Content => BuildRenderTree;

    /// <summary>Renders the block alone.</summary>
    /// <returns>HTML, with every text encoded.</returns>
    public string ToHtml()
    {
        using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        using HtmlRenderer renderer = new(services, NullLoggerFactory.Instance);
        ParameterView parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Root.ChildContent)] = Content });

        // No template awaits anything: the task is complete when it comes back.
        return renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Root>(parameters)).ToHtmlString())
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Writes the block as Markdown (CommonMark, with GitHub's tables), without what only a picture shows.</summary>
    /// <returns>The text, with every sign escaped; no line break at its end.</returns>
    public abstract string ToMarkdown();

    /// <summary>Writes the block; a Razor template overrides it.</summary>
    /// <param name="builder">Where to.</param>
    protected abstract void BuildRenderTree(RenderTreeBuilder builder);

    private sealed class Root : ComponentBase
    {
        [Parameter]
        public RenderFragment? ChildContent { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, ChildContent);
    }
}
