using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BadMinima.Experiments.Tests;

/// <summary>Runs that several processes of Open MPI's mpirun train together.</summary>
[TestClass]
public sealed class MpiTests : IDisposable
{
    // More processes than cores, and as root where a container has no other user.
    private const string AsRoot = "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1";
    private const string Mpirun = $"{AsRoot}; exec mpirun --oversubscribe";

    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.File("run");

    [TestInitialize]
    public void RequireMpirun()
    {
        if (Array.TrueForAll((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), folder => !File.Exists(Path.Combine(folder, "mpirun"))))
        {
            Assert.Inconclusive("There is no mpirun here; Debian's is in openmpi-bin.");
        }
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void The_same_job_gives_the_same_weights_and_parallel_ones_make_the_steps_of_one_process()
    {
        string[] weights = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            Result job = Run($"{Mpirun} -n 3 \"$@\"", "--average", "pga", "--period", "3", "--batch-size", "8");
            Assert.AreEqual(0, job.Code, job.All);
            Assert.Contains("1/2", job.Output);
            string sha = (string)ResultOf()["weightsSha256"]!;
            Directory.Delete(Out, recursive: true);
            return sha;
        })];
        Assert.AreEqual(weights[0], weights[1]);
        Assert.AreEqual(0, Run($"{Mpirun} -n 3 \"$@\"", "--average", "parallel", "--batch-size", "8").Code);
        double[] together = Losses();
        Assert.AreEqual(3, (int)ResultOf()["training"]!["workers"]!);
        Directory.Delete(Out, recursive: true);
        Assert.AreEqual(0, Run("exec \"$@\"", "--batch-size", "24").Code);
        double[] one = Losses();
        Assert.HasCount(2, one);
        for (int i = 0; i < one.Length; i++)
        {
            Assert.AreEqual(one[i], together[i], 1e-5);
        }
    }

    [TestMethod]
    [DataRow("true")]
    [DataRow("false")]
    public void Processes_do_what_workers_in_one_process_do(string overlap)
    {
        string[] gossip = ["--average", "pga", "--graph", "ring", "--period", "5", "--overlap", overlap, "--batch-size", "4"];
        Result job = Run($"{Mpirun} -n 4 \"$@\"", gossip);
        Assert.AreEqual(0, job.Code, job.All);
        double[] processes = Losses();
        Directory.Delete(Out, recursive: true);
        Assert.AreEqual(0, Run("exec \"$@\"", [.. gossip, "--workers", "4"]).Code);
        double[] workers = Losses();
        Assert.HasCount(2, workers);
        for (int i = 0; i < workers.Length; i++)
        {
            Assert.AreEqual(workers[i], processes[i], 1e-6);
        }
    }

    [TestMethod]
    public void Who_was_started_by_another_MPI_or_sees_another_number_of_processes_is_told_so()
    {
        Result other = Run("exec env PMI_SIZE=2 PMI_RANK=0 \"$@\"", "--average", "gossip");
        Assert.AreEqual(2, other.Code, other.All);
        Assert.Contains("was started by another MPI than Open MPI, or by srun", other.All);
        Result alone = Run("exec env OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 \"$@\"", "--average", "gossip");
        Assert.AreNotEqual(0, alone.Code, alone.All);
        Assert.Contains("mpirun has started 2 processes, but the MPI library here, ", alone.All);
    }

    [TestMethod]
    public void A_process_that_dies_ends_the_job_which_goes_on_with_another_number_of_processes()
    {
        string[] arguments = ["--average", "gossip", "--batch-size", "8", "--epochs", "60", "--stop-at", "off", "--checkpoint-every", "0.00001"];
        Result killed = RunAndKill("-KILL $(pgrep -P $job | tail -1)", arguments);
        Assert.AreNotEqual(0, killed.Code, killed.All);
        Assert.Contains("exited on signal 9", killed.All);
        Result resumed = Run($"{Mpirun} -n 2 \"$@\"", arguments);
        Assert.AreEqual(0, resumed.Code, resumed.All);
        Assert.Contains("continues from its last checkpoint", resumed.Output);
        Assert.HasCount(60, Losses());
        Assert.IsFalse(Directory.Exists(Path.Combine(Out, "checkpoints")));
        Result again = Run($"{Mpirun} -n 2 \"$@\"", arguments);
        Assert.AreEqual(0, again.Code, again.All);
        Assert.Contains("was finished before; nothing was trained", again.Output);
    }

    [TestMethod]
    [DataRow("-INT $job", DisplayName = "all of them")]
    [DataRow("-TERM $(pgrep -P $job | tail -1)", DisplayName = "the last process")]
    public void Whoever_is_told_to_end_all_end_which_is_said_once_and_the_job_goes_on(string signal)
    {
        string[] arguments = ["--average", "gossip", "--batch-size", "8", "--epochs", "200", "--stop-at", "off", "--checkpoint-every", "0.00001"];
        Result ended = RunAndKill(signal, arguments);
        Assert.AreNotEqual(0, ended.Code, ended.All);
        Assert.IsLessThanOrEqualTo(2, ended.All.Split("Interrupted; continue with the same command.").Length, ended.All);
        Assert.IsFalse(File.Exists(Path.Combine(Out, "result.json")), ended.All);
        Assert.IsFalse(File.Exists(Path.Combine(Out, "model.zip")), ended.All);
        Result resumed = Run($"{Mpirun} -n 3 \"$@\"", arguments);
        Assert.AreEqual(0, resumed.Code, resumed.All);
        Assert.Contains("continues from its last checkpoint", resumed.Output);
        Assert.HasCount(200, Losses());
    }

    [TestMethod]
    public void Folders_that_are_not_one_are_told_before_anything_is_trained()
    {
        // bash's, to put another folder in the place of its own.
        const string mpirun = $"{Mpirun} -n 1 \"$@\" : -n 1 \"${{@/\"$out\"/\"$out-of-another-node\"}}\"";
        Result apart = Run($"export out='{Out}'; exec bash -c '{mpirun}' bash \"$@\"", "--average", "gossip");
        Assert.AreEqual(2, apart.Code, apart.All);
        Assert.Contains("does not reach worker 1 on ", apart.All);
        Assert.IsFalse(File.Exists(Path.Combine(Out, "metrics.csv")) && File.ReadLines(Path.Combine(Out, "metrics.csv")).Count() > 1, apart.All);
    }

    [TestMethod]
    public void A_program_of_ones_own_needs_no_change_and_every_process_has_the_model_of_all()
    {
        Result job = Command.RunThrough(["env"], $"{Mpirun} -n 3 \"$1\" \"$2\" {Program.AsOwnProgram}", []);
        Assert.AreEqual(0, job.Code, job.All);
        string[] models = [.. Regex.Matches(job.Output, "model [0-9.]+ [0-9a-f]{64}").Select(match => match.Value)];
        Assert.HasCount(3, models, job.All);
        Assert.HasCount(1, models.Distinct());
        Assert.AreEqual(OwnProgram.Run(workers: 3).Accuracy, double.Parse(models[0].Split(' ')[1], CultureInfo.InvariantCulture), 0.021);
    }

    [TestMethod]
    [DataRow("-n 2 \"$@\"", "--average is off, but mpirun has started 2 processes")]
    [DataRow("-n 2 \"$@\" --average gossip --workers 3", "--workers is 3, in one process, but mpirun has started 2")]
    [DataRow("-n 5 \"$@\" --average gossip --graph grid", "a grid takes no prime number above 3; there are 5")]
    [DataRow("-n 1 \"$@\" --average gossip : -n 1 \"$@\" --average gossip --momentum 0.5", "different options or data: Training.Momentum: 0 at worker 0, 0.5 at worker 1")]
    [DataRow("-n 1 \"$@\" --average gossip : -n 1 \"$@\" --average gossip --data-seed 2", "different options or data: TrainingData.Content: ")]
    public void What_cannot_be_one_message_says(string job, string message)
    {
        Result wrong = Run($"{Mpirun} {job}");
        Assert.AreEqual(2, wrong.Code, wrong.All);
        Assert.HasCount(2, wrong.All.Split("error: "), wrong.All);
        Assert.Contains(message, wrong.All);
    }

    [TestMethod]
    public void Another_MPI_is_told_from_Open_MPI()
    {
        string library = _folder.File("libmpi.so.40");
        File.Copy(Path.Combine("/lib", $"{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture}" == "X64" ? "x86_64-linux-gnu" : "aarch64-linux-gnu", "libm.so.6"), library);
        Result other = Run($"{Mpirun} -n 2 -x LD_PRELOAD= -x LD_LIBRARY_PATH='{_folder.FullPath}' \"$@\"", "--average", "gossip");
        Assert.AreNotEqual(0, other.Code);
        Assert.Contains("Open MPI 4 or 5 is needed", other.All);
    }

    private Result Run(string script, params string[] arguments) => Command.RunThrough(
        ["env"], script,
        ["run", "--data", "synthetic", "--train", "96", "--test", "20", "--architecture", "lenet", "--learning-rate", "0.05", "--threads", "1", .. arguments.Contains("--epochs") ? Array.Empty<string>() : ["--epochs", "2"], "--out", Out, .. arguments]);

    /// <summary>A job of three processes that gets a signal once the last of them has written a checkpoint. $job is mpirun's number.</summary>
    private Result RunAndKill(string signalAndProcess, string[] arguments) => Run(
        $$"""
        {{AsRoot}}
        mpirun --oversubscribe -n 3 "$@" & job=$!
        until ls '{{Out}}/checkpoints/workers-3/2' 2>/dev/null | grep -q 'checkpoint-.*[2-9]\.bin'; do kill -0 $job || break; sleep 0.02; done
        kill {{signalAndProcess}}
        wait $job
        """, arguments);

    private JsonNode ResultOf() => JsonNode.Parse(File.ReadAllText(Path.Combine(Out, "result.json")))!;

    private double[] Losses() => [.. File.ReadLines(Path.Combine(Out, "metrics.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture))];
}
