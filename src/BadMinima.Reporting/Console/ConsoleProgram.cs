using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BadMinima.Reporting;

/// <summary>
/// What the console programs do alike: a command's body runs until it is done or interrupted, and what goes wrong becomes one line on the
/// standard error and an exit code:
/// 0 done, 2 wrong input or a failure, 130 interrupted (Ctrl-C, SIGTERM). A body may return a code of its own.
/// </summary>
public static class ConsoleProgram
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Wrong input, or a failure that a message tells.</summary>
    public const int Failed = 2;

    /// <summary>Interrupted: 128 and SIGINT's number, as shells have it.</summary>
    public const int Interrupted = 130;

    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    /// <summary>Gives a command its body.</summary>
    /// <param name="command">The command.</param>
    /// <param name="body">What it does. It returns the exit code.</param>
    /// <param name="interrupted">
    /// What to say after an interruption: what is left, and how to go on; null: another process says it.
    /// </param>
    /// <param name="alsoExpected">
    /// Exceptions whose message is enough for the user, besides wrong arguments, files and states; null for none.
    /// </param>
    public static void SetBody(
        this Command command, Func<ParseResult, CancellationToken, Task<int>> body, string? interrupted,
        Func<Exception, bool>? alsoExpected = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(body);

        // On a thread of its own: the command line takes Ctrl-C into account only once the action has handed back its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => Guard(() => body(parsed, cancellation), interrupted, alsoExpected)));
    }

    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code; 2 where the arguments are wrong.</returns>
    public static int Run(RootCommand root, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(root);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ShortListHelp((HelpAction)help.Action!);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction error)
        {
            // The help of a command with many options would hide what is wrong; that of one with commands below it says what to type next.
            error.ShowHelp = parsed.CommandResult.Command.Subcommands.Count > 0;
        }

        // What nobody expected is a mistake in the program and ends it as such, not with code 1.
        int code = parsed.Invoke(new InvocationConfiguration
        {
            ProcessTerminationTimeout = TimeToStop,
            EnableDefaultExceptionHandler = false
        });
        return parsed.Errors.Count > 0 ? Failed : code;
    }

    /// <summary>
    /// Help that shows of each command below the one at hand the first line of its description: all of it stands in that command's own
    /// help.
    /// </summary>
    private sealed class ShortListHelp(HelpAction help) : SynchronousCommandLineAction
    {
        /// <summary>Who asks for help need not name what a command requires.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            foreach (Command below in parseResult.CommandResult.Command.Subcommands)
            {
                below.Description = below.Description?.Split('\n')[0];
            }

            return help.Invoke(parseResult);
        }
    }

    private static async Task<int> Guard(Func<Task<int>> body, string? interrupted, Func<Exception, bool>? alsoExpected)
    {
        try
        {
            return await body();
        }
        catch (OperationCanceledException)
        {
            if (interrupted is not null)
            {
                Console.Error.WriteLine(interrupted);
            }

            return Interrupted;
        }
        catch (Exception e) when (IsExpected(e) || alsoExpected?.Invoke(e) == true)
        {
            Console.Error.WriteLine($"error: {MessageOf(e)}");
            return Failed;
        }
    }

    /// <summary>An exception's message for users: without the name of the method's parameter that .NET adds.</summary>
    /// <param name="e">The exception.</param>
    public static string MessageOf(Exception e)
        => e is ArgumentException { ParamName: { } name }
            ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : e.Message;

    private static bool IsExpected(Exception e)
        => e is ArgumentException or IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException;
}
