using System.Diagnostics;
using System.Reflection;
using System.Text;
using BadMinima.MLNet.Tests.Examples;

namespace BadMinima.MLNet.Tests.Catalog;

/// <summary>
/// What a user reads on every method of the catalogs: an example that compiles as it stands, and the tables that ML.NET has.
/// </summary>
[TestClass]
public sealed class ExampleTests
{
    /// <summary>What an example may use without saying so.</summary>
    private static readonly string[] Usings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading",
        "BadMinima.MLNet", "Microsoft.ML", "Microsoft.ML.Data",
    ];

    [TestMethod]
    public void Every_method_of_the_catalogs_has_an_example()
    {
        MethodInfo[] methods = [.. Documentation.CatalogMethods];
        CollectionAssert.IsSubsetOf(new[] { "TwoPhase", "RandomizeLabels", "LoadImageSet" }, methods.Select(m => m.Name).ToArray());
        string[] without = [.. methods.Where(m => !Documentation.ExamplesOf(m).Any()).Select(Documentation.Id)];
        Assert.IsEmpty(without, $"without an <example> with <code>: {string.Join(", ", without)}");
    }

    [TestMethod]
    public async Task Every_example_compiles()
    {
        using var folder = new TemporaryFolder();
        string source = folder.File("Examples.cs");
        await File.WriteAllTextAsync(source, Source());
        (int exitCode, string output) = await Compile(source, folder.File("Examples.dll"));
        Assert.AreEqual(0, exitCode, output);

        // The same way to compile finds what is wrong, and names the method that it is wrong in.
        await File.AppendAllTextAsync(source, "\n#line 1 \"M:Some.Method\"\ninternal sealed class Wrong : NoSuchType;\n");
        (exitCode, output) = await Compile(source, folder.File("Examples.dll"));
        Assert.AreNotEqual(0, exitCode);
        Assert.Contains("M:Some.Method", output);
    }

    [TestMethod]
    public void Estimators_and_transformers_say_what_they_are_in_a_table_that_IntelliSense_shows_as_one()
    {
        Type[] parts = [.. Documentation.PipelineParts];
        Assert.Contains(typeof(TwoPhaseTrainer), parts);
        Assert.Contains(typeof(RandomizeLabelsTransformer), parts);
        foreach (Type type in parts)
        {
            string table = Documentation.TableOf(type) ?? "";
            Assert.Contains("Characteristics", table, $"{type}");
            Assert.Contains("| Exportable to ONNX | No |", table, $"{type}");
        }
    }

    /// <summary>Each example as a method, whose lines the compiler calls by the name of the documented one.</summary>
    private static string Source()
    {
        var source = new StringBuilder();
        source.AppendJoin('\n', Usings.Select(u => $"using {u};")).Append("\n\ninternal static class Examples\n{\n");
        int number = 0;
        foreach (MethodInfo method in Documentation.CatalogMethods)
        {
            foreach (string code in Documentation.ExamplesOf(method))
            {
                source.Append($"    public static void Example{++number}(MLContext mlContext)\n    {{\n")
                    .Append($"#line 1 \"{Documentation.Id(method)}\"\n").Append(code.Trim('\r', '\n')).Append("\n#line default\n    }\n\n");
            }
        }

        return source.Append("}\n").ToString();
    }

    /// <summary>Runs the C# compiler of the SDK that built this project.</summary>
    private static async Task<(int ExitCode, string Output)> Compile(string source, string output)
    {
        string compiler = Metadata("CSharpCompiler");
        if (!File.Exists(compiler))
        {
            Assert.Inconclusive($"There is no compiler at '{compiler}': build the tests on this machine with the .NET SDK.");
        }

        string arguments = output + ".rsp";
        string[] references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        await File.WriteAllLinesAsync(arguments,
        [
            "-nologo", "-nostdlib", "-target:library", "-langversion:latest", "-nullable:enable", $"-out:\"{output}\"",
            .. references.Select(r => $"-reference:\"{r}\""), $"\"{source}\"",
        ]);
        using Process process = Process.Start(new ProcessStartInfo(Metadata("DotNetHost"))
        {
            ArgumentList = { compiler, "-noconfig", $"@{arguments}" },
            RedirectStandardOutput = true,
        })!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text);
    }

    private static string Metadata(string key)
        => typeof(ExampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value ?? "";
}
