using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>The mechanisms that a <see cref="League"/> ranks, a line each: to add one, add its line.</summary>
public static class Entrants
{
    /// <summary>
    /// The yardstick that every mechanism is measured against: plain SGD, at whichever of these rates does best on the tuning seeds.
    /// </summary>
    public static Entrant Plain { get; } = new(
        "plain-sgd", "plain SGD at its best rate", "Robbins, Monro 1951",
        "learning-rate=x1", "learning-rate=x3", "learning-rate=x10", "learning-rate=x30");

    /// <summary>Every mechanism, in the order in which they are listed.</summary>
    public static ImmutableArray<Entrant> All { get; } =
    [
        new("momentum", "classic momentum", "Polyak 1964", "momentum=0.9", "momentum=0.95", "momentum=0.9 learning-rate=x3"),
        new("nesterov", "Nesterov's momentum", "Nesterov 1983", "momentum=0.9 nesterov=true"),
        new("l2", "weight decay", "Krogh, Hertz 1991", "weight-decay=5e-4", "weight-decay=5e-3", "weight-decay=5e-4 learning-rate=x10"),
        new("augmentation", "random crops and flips", "Liu et al. 2020", "crop=4 flip=true", "crop=4 flip=true learning-rate=x10"),
        new("augmentation-l2", "crops, flips and weight decay", "Liu et al. 2020", "crop=4 flip=true weight-decay=5e-4"),
        new("augmentation-momentum", "crops, flips and momentum", "Liu et al. 2020", "crop=4 flip=true momentum=0.9"),
        new("l2-momentum", "weight decay and momentum", "Liu et al. 2020", "weight-decay=5e-4 momentum=0.9"),
        new("regularized", "crops, flips, weight decay and momentum", "Liu et al. 2020", "crop=4 flip=true weight-decay=5e-4 momentum=0.9"),
        new("mixup", "weighted sums of two images and labels", "Zhang et al. 2018", "mixup=1", "mixup=0.2", "mixup=1 learning-rate=x10"),
        new("cutout", "a square of each image blanked out", "DeVries, Taylor 2017", "cutout=16", "cutout=8", "cutout=16 learning-rate=x10"),
        new("label-smoothing", "a share of each label spread over all", "Szegedy et al. 2016",
            "label-smoothing=0.1", "label-smoothing=0.3", "label-smoothing=0.1 learning-rate=x10"),
        new("dropout", "values before the last layer zeroed", "Srivastava et al. 2014",
            "dropout=0.5", "dropout=0.2", "dropout=0.5 learning-rate=x10"),
        new("batch-32", "batches of 32", "Keskar et al. 2017", "batch-size=32", "batch-size=32 learning-rate=x3"),
        new("batch-8", "batches of 8", "Keskar et al. 2017", "batch-size=8", "batch-size=8 learning-rate=x0.3"),
        new("batch-1", "one image a step", "Ahn et al. 2024", "batch-size=1 learning-rate=x0.05", "batch-size=1 learning-rate=x0.2"),
        new("cosine", "a rate that falls to 0", "Loshchilov, Hutter 2017",
            "schedule=cosine", "schedule=cosine learning-rate=x3", "schedule=cosine learning-rate=x10"),
        new("restarts", "a rate that falls and begins anew", "Loshchilov, Hutter 2017",
            "schedule=restarts:33%,67%", "schedule=restarts:33%,67% learning-rate=x3", "schedule=restarts:33%,67% learning-rate=x10"),
        new("one-cycle", "a rate that rises and falls once", "Smith 2017",
            "schedule=triangular:0.3 learning-rate=x10", "schedule=triangular:0.3 learning-rate=x30"),
        new("gradient-clipping", "long gradients cut to one length", "Pascanu et al. 2013",
            "gradient-clipping=1", "gradient-clipping=0.1", "gradient-clipping=1 learning-rate=x10"),
        new("sam", "the gradient at the worst weights nearby", "Foret et al. 2021",
            "escape=sam:rho=0.05", "escape=sam:rho=0.2", "escape=sam:rho=0.05 learning-rate=x10"),
        new("asam", "as sam, in a ball shaped by the weights", "Kwon et al. 2021",
            "escape=asam:rho=0.5,eta=0.01", "escape=asam:rho=1,eta=0.01", "escape=asam:rho=0.5,eta=0.01 learning-rate=x10"),
        new("random-smoothing", "the gradient at random weights nearby", "Kleinberg et al. 2018",
            "escape=random-smoothing:radius=0.5", "escape=random-smoothing:radius=2",
            "escape=random-smoothing:radius=0.5 learning-rate=x10"),
        new("ema", "a moving average of the weights", "Tarvainen, Valpola 2017",
            "escape=ema:decay=0.999", "escape=ema:decay=0.99", "escape=ema:decay=0.99 learning-rate=x10"),
        new("gradient-noise", "Gaussian noise on each gradient", "Neelakantan et al. 2015",
            "escape=gradient-noise:eta=0.01,gamma=0.55", "escape=gradient-noise:eta=1,gamma=0.55",
            "escape=gradient-noise:eta=0.01,gamma=0.55 learning-rate=x10"),
        new("label-noise", "labels drawn anew at each step", "Damian et al. 2021",
            "escape=label-noise:probability=0.2", "escape=label-noise:probability=0.2 learning-rate=x10",
            "escape=label-noise:probability=0.2 batch-size=256 learning-rate=x50"),
        new("heavy-tails", "truncated heavy-tailed noise", "Wang et al. 2022",
            "escape=heavy-tails:noise=same,largeBatch=512 learning-rate=x2.5",
            "escape=heavy-tails:noise=same,clip=20,largeBatch=512 learning-rate=x2.5",
            "escape=heavy-tails:noise=same,largeBatch=512 learning-rate=x10"),
        new("heavy-tails-clip", "its truncation alone", "Wang et al. 2022",
            "escape=heavy-tails:noise=off,largeBatch=512 learning-rate=x2.5",
            "escape=heavy-tails:noise=off,largeBatch=512 learning-rate=x10"),
        new("heavy-tails-noise", "its noise alone", "Wang et al. 2022",
            "escape=heavy-tails:noise=same,clip=null,largeBatch=512",
            "escape=heavy-tails:noise=same,clip=null,largeBatch=512 learning-rate=x2.5"),
        new("swa", "the mean of the last epochs' weights", "Izmailov et al. 2018",
            "escape=swa schedule=constant", "escape=swa schedule=constant learning-rate=x3",
            "escape=swa schedule=constant learning-rate=x10"),
        new("lookahead", "steps back towards a slow copy of the weights", "Zhang et al. 2019",
            "escape=lookahead", "escape=lookahead learning-rate=x3", "escape=lookahead learning-rate=x10"),
        new("local-sgd", "four workers, averaged now and then", "Stich 2019",
            "average=local workers=4 batch-size=32 period=16", "average=local workers=4 batch-size=32 period=64",
            "average=local workers=4 batch-size=32 period=16 learning-rate=x10"),
        new("gossip", "four workers on a ring, periodic averages", "Chen et al. 2021",
            "average=pga graph=ring workers=4 batch-size=32 period=16",
            "average=pga graph=ring workers=4 batch-size=32 period=16 learning-rate=x10"),
        new("shrink-perturb", "weights shrunk, a fresh network's added", "Ash, Adams 2020",
            "escape=shrink-perturb:shrink=0.4,perturb=0.1", "escape=shrink-perturb:shrink=0.2,perturb=0.1"),
        new("rescale", "weights at a fresh network's norms", "Maennel et al. 2020", "escape=rescale"),
        new("reinitialize", "the last layers begin anew", "Maennel et al. 2020",
            "escape=reinitialize:layers=1", "escape=reinitialize:layers=2", "escape=reinitialize:layers=3"),
        new("reset-statistics", "BatchNorm's statistics begin anew", "this project", "escape=reset-statistics"),

        // A penalty under which the units are gone by the end: what is measured is the network without them.
        new("special-neurons", "an exponential unit beside each logit", "Kawaguchi, Kaelbling 2020", "escape=special-neurons:penalty=1"),
        new("special-neuron", "one exponential unit on the loss", "Sohl-Dickstein, Kawaguchi 2019", "escape=special-neuron"),
    ];
}
