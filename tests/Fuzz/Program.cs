using System.CommandLine;
using BadMinima.Fuzz;

// Fuzz --count 100000 --seed 1:  that many damaged files, spread over the kinds; the same seed gives the same files.
// Fuzz --seconds 60:             as many as there is time for.
// Exit code 1 if one of them ended or hung the process, was loaded as something else, or was refused by an exception that says nothing.
if (args is ["worker", var kind, var folder, var workerSeed, var first, var inputs])
{
    return Worker.Run(Kind.Of(kind, folder), int.Parse(workerSeed), int.Parse(first), int.Parse(inputs));
}

var count = new Option<int>("--count") { Description = "damaged files in all", DefaultValueFactory = _ => 10_000 };
var seed = new Option<int>("--seed") { Description = "what the damage is drawn from", DefaultValueFactory = _ => 1 };
var kinds = new Option<string[]>("--kinds")
{
    Description = $"which files: {string.Join(", ", Kind.Names)}",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => Kind.Names,
};
kinds.AcceptOnlyFromAmong(Kind.Names);
var seconds = new Option<double?>("--seconds") { Description = "ends after this time, spread over the kinds, instead of after --count files" };
var output = new Option<string>("--out")
{
    Description = "where originals and culprits are put",
    DefaultValueFactory = _ => Path.Combine("artifacts", "fuzz"),
};
var command = new RootCommand("Damages files of every kind that the project reads, and judges what reading them does.") { count, seed, kinds, seconds, output };
command.SetAction(parsed => new Campaign(Path.GetFullPath(parsed.GetValue(output)!), parsed.GetValue(seed)).Run(
    parsed.GetValue(kinds)!, parsed.GetValue(seconds) is null ? parsed.GetValue(count) : null, parsed.GetValue(seconds)) ? 0 : 1);
return command.Parse(args).Invoke();
