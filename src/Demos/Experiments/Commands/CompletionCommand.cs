using System.CommandLine;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// <c>badminima completion</c>: scripts that ask the program itself, through System.CommandLine's directive <c>[suggest:POSITION]</c>, what
/// may stand at the cursor. They give it what stands between the program's name and the cursor. Options are offered once a dash is there;
/// where nothing fits, files are.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Completion of badminima for bash.
        _badminima() {
            local word="$2" line="${COMP_LINE:0:COMP_POINT}" drop='[-/]*' IFS=$'\n'
            line="${line#*"$1"}"
            [[ $word == -* ]] && drop=''
            COMPREPLY=($(compgen -W "$("$1" "[suggest:${#line}]" "$line" 2> /dev/null)" -X "$drop" -- "$word"))
        }
        complete -o default -F _badminima badminima

        """;

    private const string Zsh = """
        #compdef badminima
        # Completion of badminima for zsh.
        _badminima() {
            local line=" ${(j: :)${(@)words[2,CURRENT-1]}} $PREFIX"
            local -a found
            found=(${(f)"$("$words[1]" "[suggest:${#line}]" "$line" 2> /dev/null)"})
            [[ $PREFIX == -* ]] || found=(${found:#[-/]*})
            compadd -a found || _files
        }
        compdef _badminima badminima

        """;

    private const string Fish = """
        # Completion of badminima for fish.
        function __badminima_complete
            set -l word (commandline -ct)
            set -l line (string join ' ' -- (commandline -opc)[2..] "$word")
            set -l found (badminima "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null | string match -- "$word*")
            string match -q -- '-*' "$word"; or set found (string match -rv -- '^[-/]' $found)
            test -n "$found"; and string join \n -- $found; or __fish_complete_path "$word"
        end
        complete -c badminima -f -a '(__badminima_complete)'

        """;

    private const string PowerShell = """
        # Completion of badminima for PowerShell 7.
        Register-ArgumentCompleter -Native -CommandName badminima -ScriptBlock {
            param($word, $command, $cursor)
            $name = $command.CommandElements[0].Extent.EndOffset
            $line = $command.Extent.Text.Substring($name - $command.Extent.StartOffset)
            $line = $line.PadRight($cursor - $name).Substring(0, $cursor - $name)
            badminima "[suggest:$($line.Length)]" $line 2> $null |
                Where-Object { $_ -and $_.StartsWith($word) -and ($word.StartsWith('-') -or $_ -notmatch '^[-/]') } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["fish"] = Fish,
        ["pwsh"] = PowerShell
    };

    public static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "The shell" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Command command = new("completion",
            "Prints a script with which a shell completes the commands, options and values of badminima.\nTo install it:\n"
            + "  bash  in ~/.bashrc:                       source <(badminima completion bash)\n"
            + "  zsh   in ~/.zshrc, after compinit:        source <(badminima completion zsh)\n"
            + "  fish  in ~/.config/fish/config.fish:      badminima completion fish | source\n"
            + "  pwsh  in the file that $PROFILE names:    badminima completion pwsh | Out-String | Invoke-Expression")
        {
            shell,
        };
        command.SetBody(
            (parsed, _) =>
            {
                Console.Write(Scripts[parsed.GetValue(shell)!]);
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted.");
        return command;
    }
}
