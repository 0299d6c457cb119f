using System.Diagnostics;

namespace BadMinima.Fuzz;

/// <summary>The child process: reads some thousand damaged files of one kind and prints what each did.</summary>
internal static class Worker
{
    public static int Run(Kind kind, int seed, int first, int inputs)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Console.SetOut(TextWriter.Null);
        using (kind)
        {
            kind.Open();
            kind.CheckOriginals();
            for (int index = first; index < first + inputs; index++)
            {
                output.WriteLine($"begin\t{index}");
                output.WriteLine(Judge(kind, seed, index));
            }
        }

        using Process self = Process.GetCurrentProcess();
        output.WriteLine($"peak\t{self.PeakWorkingSet64 / 1e6:F0}");
        return 0;
    }

    private static string Judge(Kind kind, int seed, int index)
    {
        try
        {
            return kind.Load(kind.Make(seed, index), index) ? "same" : "other";
        }
        catch (WrongLoadException e)
        {
            return $"wrong\t{OneLine(e)}";
        }
        catch (Exception e)
        {
            return kind.IsRefusal(e) ? "refused" : $"unclear\t{OneLine(e)}";
        }
    }

    private static string OneLine(Exception e) => $"{e.GetType().Name}: {e.Message} {e.StackTrace}".ReplaceLineEndings(" ").Replace('\t', ' ');
}

/// <summary>A damaged file was loaded as something that it is not.</summary>
internal sealed class WrongLoadException(string message) : Exception(message);
