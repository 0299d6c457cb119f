using System.CommandLine;

namespace BadMinima.Reporting.Tests;

[TestClass]
[DoNotParallelize]
public sealed class ConsoleProgramTests
{
    [TestMethod]
    public void A_body_chooses_its_code_and_wrong_arguments_give_2()
    {
        Assert.AreEqual((0, ""), Run(_ => Task.FromResult(0)));
        Assert.AreEqual((1, ""), Run(_ => Task.FromResult(1)));
        Assert.AreEqual(2, Run(_ => Task.FromResult(0), "--unknown").Code);
    }

    [TestMethod]
    public void What_goes_wrong_is_one_line_and_2()
    {
        foreach (Exception e in new Exception[] { new ArgumentException("say what"), new ArgumentException("say what", "path"), new IOException("say what"), new InvalidDataException("say what"), new UnauthorizedAccessException("say what"), new TimeoutException("say what") })
        {
            Assert.AreEqual((2, $"error: say what{Environment.NewLine}"), Run(_ => throw e));
        }
    }

    [TestMethod]
    public void A_mistake_of_the_program_is_not_dressed_up()
        => Assert.ThrowsExactly<NotSupportedException>(() => Run(_ => throw new NotSupportedException()));

    [TestMethod]
    public void An_interruption_says_what_is_left_and_gives_130()
        => Assert.AreEqual((130, $"Interrupted; half is there.{Environment.NewLine}"), Run(_ => throw new OperationCanceledException()));

    private static (int Code, string Error) Run(Func<CancellationToken, Task<int>> body, params string[] arguments)
    {
        RootCommand root = [];
        root.SetBody((_, cancellation) => body(cancellation), "Interrupted; half is there.", alsoExpected: e => e is TimeoutException);
        TextWriter console = Console.Error;
        using StringWriter error = new();
        Console.SetError(error);
        try
        {
            return (ConsoleProgram.Run(root, arguments), error.ToString());
        }
        finally
        {
            Console.SetError(console);
        }
    }
}
