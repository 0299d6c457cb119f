using System.Diagnostics;
using BadMinima.MLNet;
using BadMinima.QuickStart;
using BadMinima.Reporting;
using Microsoft.ML;

// {random, adversarial} start x {vanilla, regularized}: does a network that has first fitted random labels generalize worse, and do
// explicit regularizers undo it? (Liu, Papailiopoulos, Achlioptas, "Bad Global Minima Exist and SGD Can Reach Them", NeurIPS 2020)
return CommandLine.Run(args, (settings, cancellation) =>
{
    var total = Stopwatch.StartNew();
    var ml = new MLContext(settings.Seed);
    (IDataView train, IDataView test) = settings.Load(ml);

    Protocol protocol = Protocol.Quick;
    RandomLabelPhase randomLabels = protocol.RandomLabels with { Replicas = settings.Replicas, ZeroOutRatio = settings.ZeroOut };
    (string Name, Recipe Recipe)[] recipes = [("vanilla", protocol.Vanilla), ("regularized", protocol.Regularized)];

    using var progress = new ConsoleProgress();
    TwoPhaseTrainer.Options Options(string label, RandomLabelPhase? first, Recipe? second) => new()
    {
        Architecture = settings.Architecture,
        RandomLabels = first,
        Training = second,
        Device = settings.Device,
        ValidationSet = test,
        CancellationToken = cancellation,
        MetricsCallback = metrics => progress.Report(label, metrics.Epoch, metrics.Epochs, Fields.Of(metrics)),
    };

    // The adversarial start is made once: both recipes begin there.
    TwoPhaseTrainer adversary = ml.MulticlassClassification.Trainers.TwoPhase(Options("fit random labels", randomLabels, null));
    using TwoPhaseTransformer adversarialStart = adversary.Fit(train);

    (string Name, TwoPhaseTransformer? Model)[] starts = [("random", null), ("adversarial", adversarialStart)];
    List<Run> runs = [];
    foreach ((string name, Recipe recipe) in recipes)
    {
        foreach ((string start, TwoPhaseTransformer? from) in starts)
        {
            cancellation.ThrowIfCancellationRequested();
            TwoPhaseTrainer trainer = ml.MulticlassClassification.Trainers.TwoPhase(Options($"{start} start, {name}", null, recipe));
            using TwoPhaseTransformer model = trainer.Fit(train, test, from);
            cancellation.ThrowIfCancellationRequested();
            runs.Add(new Run(start, name, model.History.Phases[^1], ml.MulticlassClassification.Evaluate(model.Transform(test))));
        }
    }

    var outcome = new Outcome(
        settings, runs, adversarialStart.History, adversary.PreviewReplicas(train, images: 6),
        adversarialStart.ClassNames, total.Elapsed.TotalSeconds);
    outcome.Print();
    outcome.Save(train);
});
