using System.Text;
using Spectre.Console;

namespace BadMinima.Reporting.Tests;

/// <summary>A console that writes into memory and says of itself what a test wants.</summary>
internal sealed class TestTerminal(bool isTerminal) : IAnsiConsoleOutput
{
    public TextWriter Writer { get; } = new StringWriter { NewLine = "\n" };

    public bool IsTerminal => isTerminal;

    public int Width => 80;

    public int Height => 24;

    public string Text => Writer.ToString()!;

    public string[] Lines => Text.TrimEnd('\n').Split('\n');

    public IAnsiConsole Console() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = this,
        Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
        Interactive = InteractionSupport.No,
    });

    public void SetEncoding(Encoding encoding)
    {
    }
}
