using System.CommandLine;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary><c>badminima bench-measure</c></summary>
internal static class BenchMeasureCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A zoo's table: CSV, a row a network, with columns of measures of your own" };
        Option<bool> csv = new("--csv") { Description = "Print the scores as CSV" };
        Option<string?> output = new("--out")
        {
            Description = "Write a page, report.html and report.md, with a picture of each measure into this folder; it is made",
            HelpName = "FOLDER"
        };
        Command command = new("bench-measure",
            "How well does a measure tell bad minima from good ones? A sweep with a zoo writes tables/zoo.csv; put a column of your own "
            + "into it (a number for each network, nothing where it does not apply; more should mean worse), and this says how it does "
            + "beside those of `measures`. With keepNetworks the zoo's networks are there as model files to measure.\n"
            + "Example: badminima bench-measure runs/zoo/tables/zoo.csv --out measures\n"
            + "Exit codes: 0 done, 2 wrong input (one message says what), 130 interrupted.")
        {
            file, csv, output,
        };
        command.SetBody(
            (parsed, _) =>
            {
                MeasureBench bench = new(MeasuredNetwork.Read(parsed.GetValue(file)!));
                Table table = BenchPage.Table(bench);
                if (parsed.GetValue(output) is { } folder)
                {
                    BenchPage.Page(bench).Publish(folder);
                }

                if (parsed.GetValue(csv))
                {
                    Console.Write(table.ToCsv());
                }
                else
                {
                    ConsoleTable.Write(table);
                }

                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.");
        return command;
    }
}
