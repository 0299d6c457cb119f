namespace BadMinima.Experiments.Tests;

/// <summary>`badminima completion`: the script for bash, in bash.</summary>
[TestClass]
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Bash_completes_commands_options_and_values()
    {
        // The bar is the cursor.
        (string Line, string Suggested)[] cases =
        [
            ("badminima run --arch|", "--architecture"),
            ("badminima run --architecture res|", "resnet18 resnet18-gn resnet18-narrow resnet34 resnet50"),
            ("badminima run --architecture resnet18 --st|", "--start --stop-at"),
            ("badminima run --start ra| --arch", "random"),
            ("badminima run --data f|", "fashion-mnist"),
            ("badminima data get ci|", "cifar-10 cifar-100 cinic-10"),

            // Options wait for a dash.
            ("badminima data |", "check get list"),

            // A file or folder is wanted, which bash completes itself.
            ("badminima show |", ""),
            ("badminima run --out x|", ""),
        ];
        string script = _folder.File("complete.sh");
        File.WriteAllText(script, """
            program=("$@")
            badminima() { "${program[@]}" "$@"; }
            source <(badminima completion bash)
            [[ $(complete -p badminima) == *"-F _badminima badminima" ]] || exit 1
            while IFS= read -r line; do
                before="${line%%|*}"
                COMP_LINE="${line/|/}" COMP_POINT=${#before}
                COMP_WORDS=($before) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                [[ $before == *' ' ]] && COMP_WORDS+=("") COMP_CWORD=$((COMP_CWORD + 1))
                _badminima badminima "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" < /dev/null
                echo "${COMPREPLY[*]}"
            done
            """);
        string lines = _folder.File("lines");
        File.WriteAllLines(lines, cases.Select(c => c.Line));

        // Nothing of torch is there to be loaded.
        Result result = Command.RunThrough(["env", "BADMINIMA_LIBTORCH=/nowhere"], $"exec bash {script} \"$@\" < {lines}");
        Assert.AreEqual(0, result.Code, result.All);
        Assert.AreEqual("", result.Error);
        CollectionAssert.AreEqual(cases.Select(c => c.Suggested).Append("").ToArray(), result.Output.Split('\n'));
    }

    [TestMethod]
    public void Each_shell_has_its_script_and_help_says_where_to_put_it()
    {
        string help = Command.Run("completion", "--help").Output;
        foreach (string shell in new[] { "bash", "zsh", "fish", "pwsh" })
        {
            Result script = Command.Run("completion", shell);
            Assert.AreEqual(0, script.Code);
            Assert.Contains("[suggest:", script.Output);
            Assert.Contains($"badminima completion {shell}", help);
        }

        Result other = Command.Run("completion", "tcsh");
        Assert.AreEqual(2, other.Code);
        Assert.Contains("'tcsh' not recognized", other.Error);
    }
}
