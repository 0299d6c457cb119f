using System.Collections.Immutable;
using System.Security.Cryptography;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// A network's weights as one vector. All parameters that ask for a gradient are one row of 32-bit numbers, which a step changes in a few
/// operations however many layers there are; the network's own tensors are views of it. In mixed precision convolutions and linear layers
/// have bfloat16 copies instead, likewise one row. <see cref="Dispose"/> gives the network its own tensors back, with the values that they
/// have then.
/// </summary>
public sealed partial class Weights : IDisposable
{
    private readonly ImageClassifier _classifier;
    private readonly Precision _precision;
    private readonly Slot[] _slots;
    private readonly (string Name, Tensor Value)[] _frozen;
    private readonly Tensor? _working;

    /// <param name="classifier">The classifier, whose network takes another form until <see cref="Dispose"/>.</param>
    /// <param name="precision">In which numbers it is to compute.</param>
    /// <param name="form">In which form; null: the best one there.</param>
    internal Weights(ImageClassifier classifier, Precision precision, NetworkForm? form = null)
    {
        (_classifier, _precision) = (classifier, precision);
        using var mode = no_grad();
        using var scope = NewDisposeScope();

        // The masters are taken before anything is rounded. Those with a bfloat16 copy come first, so that both kinds are one piece each.
        Dictionary<string, Tensor> masters = Network.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());
        classifier.Form = form ?? NetworkForm.Best(classifier.Device, precision);
        classifier.Form.Take(Network);
        _frozen =
        [
            .. Network.named_parameters()
                .Where(p => !p.parameter.requires_grad)
                .Select(p => (p.name, masters[p.name].DetachFromDisposeScope()))
        ];

        // A parameter that two layers share has two names and one place.
        (string Name, Parameter Parameter)[] parameters =
        [
            .. Network.named_parameters()
                .Select(p => (p.name, p.parameter))
                .Where(p => p.parameter.requires_grad)
                .DistinctBy(p => p.parameter.Handle)
                .OrderByDescending(p => p.parameter.dtype == ScalarType.BFloat16),
        ];
        Values = cat([.. parameters.Select(p => Layouts.Flatten(masters[p.Name], classifier.Form.Layout))]).DetachFromDisposeScope();
        long rounded = parameters.Where(p => p.Parameter.dtype == ScalarType.BFloat16).Sum(p => p.Parameter.numel());
        _working = rounded > 0 ? Values.narrow(0, 0, rounded).to(ScalarType.BFloat16).DetachFromDisposeScope() : null;
        _slots = new Slot[parameters.Length];
        long offset = 0;
        var places = ImmutableArray.CreateBuilder<WeightsPlace>(parameters.Length);
        for (int i = 0; i < parameters.Length; i++)
        {
            (string name, Parameter parameter) = parameters[i];
            places.Add(new(name, [.. parameter.shape], offset));
            _slots[i] = new(name, parameter, View(Values).DetachFromDisposeScope());
            parameter.set_(parameter.dtype == ScalarType.BFloat16 ? View(_working!) : _slots[i].Master);
            offset += parameter.numel();

            Tensor View(Tensor flat)
                => Layouts.Unflatten(flat.narrow(0, offset, parameter.numel()), parameter.shape, classifier.Form.Layout);
        }

        Places = places.MoveToImmutable();
        _stack = LinearStack.Of(Network);
    }

    /// <summary>
    /// All parameters that are trained in one row, [n], Single. To be read; <see cref="Add"/>, <see cref="Shift"/> and
    /// <see cref="Load(WeightsCopy)"/> change it.
    /// </summary>
    public Tensor Values { get; }

    /// <summary>The parameters in the order in which they lie in <see cref="Values"/>: name, sizes, and where each begins.</summary>
    public ImmutableArray<WeightsPlace> Places { get; }

    /// <summary>The network, whose parameters are these weights.</summary>
    public nn.Module<Tensor, Tensor> Network => _classifier.Network;

    /// <summary>The network with its kind and form.</summary>
    internal ImageClassifier Classifier => _classifier;

    /// <summary>What shares passes through the network with others; null: nothing does.</summary>
    internal Lane? Lane { get; set; }

    /// <summary>How many numbers an example has.</summary>
    internal int InputSize => _classifier.Shape.Volume;

    /// <summary>How many classes its logits are for.</summary>
    internal int Classes => _classifier.Classes;

    /// <summary>The names of the buffers that are BatchNorm's running statistics.</summary>
    internal IReadOnlySet<string> RunningStatistics => Models.RunningStatistics.Names(Network);

    /// <summary>Whether the network is one of the library's own.</summary>
    internal bool IsBuiltIn => Architectures.IsBuiltIn(_classifier.Architecture.Name);

    /// <summary>The network's buffers by name: BatchNorm's running statistics.</summary>
    public IReadOnlyList<(string Name, Tensor Buffer)> Buffers => [.. Network.named_buffers().Select(b => (b.name, b.buffer))];

    /// <summary>See <see cref="WeightsCopy.Frozen"/>.</summary>
    internal string? Frozen
    {
        get
        {
            if (field is null && _frozen.Length > 0)
            {
                using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                foreach ((_, Tensor value) in _frozen)
                {
                    hash.AppendTensor(value);
                }

                field = Convert.ToHexStringLower(hash.GetHashAndReset());
            }

            return field;
        }
    }

    /// <summary>Normalized input of the network from a batch of raw examples; Single, whatever the precision.</summary>
    internal Tensor Normalize(Tensor examples) => _classifier.Normalize(examples);

    /// <summary>Logits [B, classes], Single, of normalized input.</summary>
    internal Tensor Forward(Tensor normalized) => _classifier.ForwardNormalized(normalized);

    /// <summary>The l2 norm of <see cref="Values"/>.</summary>
    public double Norm()
    {
        using var mode = no_grad();
        using Tensor norm = Values.norm();
        return norm.item<float>();
    }

    /// <summary>w = w + factor * direction.</summary>
    /// <param name="direction">[n], Single.</param>
    /// <param name="factor">What it is multiplied by.</param>
    public void Add(Tensor direction, double factor)
    {
        using var mode = no_grad();
        using Scalar alpha = factor;
        Values.add_(direction, alpha: alpha);
        Publish();
    }

    /// <summary>Takes on other values; buffers stay.</summary>
    /// <param name="values">[n], Single, on any device.</param>
    internal void Replace(Tensor values)
    {
        using var mode = no_grad();
        Values.copy_(values);
        Publish();
    }

    /// <summary>Moves the weights until the result is disposed; then they are, to the bit, what they were.</summary>
    /// <param name="offset">[n], Single.</param>
    public IDisposable Shift(Tensor offset)
    {
        using var mode = no_grad();
        Tensor before = Values.clone().DetachFromDisposeScope();
        Values.add_(offset, HeldScalar.One);
        Publish();
        return new Undo(() =>
        {
            using var mode = no_grad();
            Replace(before);
            before.Dispose();
        });
    }

    /// <summary>
    /// The values, [n], in the order that weights in <see cref="NetworkForm.Portable"/> have, whatever form these are in; the caller
    /// disposes them.
    /// </summary>
    internal Tensor InPortableOrder()
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        Dictionary<string, Slot> slots = _slots.ToDictionary(slot => slot.Name);
        return cat(
        [
            .. Network.named_parameters().Where(p => slots.ContainsKey(p.name))
                .Select(p => Layouts.Flatten(slots[p.name].Master, NetworkForm.Portable.Layout)),
        ]).MoveToOuterDisposeScope();
    }

    /// <summary>A copy of values and buffers, which the caller disposes.</summary>
    public WeightsCopy Copy()
    {
        using var mode = no_grad();
        return new(Values.clone().DetachFromDisposeScope(), [.. Buffers.Select(b => (b.Name, b.Buffer.clone().DetachFromDisposeScope()))])
        {
            Frozen = Frozen,
        };
    }

    /// <summary>Weights and buffers of a freshly initialized network of the same kind, which the caller disposes.</summary>
    internal WeightsCopy Fresh(int seed, Initialization initialization)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network
            = Architectures.Create(_classifier.Architecture, _classifier.Shape, _classifier.Classes, seed, initialization)
                .to(_classifier.Device);
        Dictionary<string, Tensor> state = network.state_dict();
        Tensor values = cat([.. Places.Select(p => Layouts.Flatten(state[p.Name], _classifier.Form.Layout))]);
        return new(
            values.DetachFromDisposeScope(), [.. Buffers.Select(b => (b.Name, state[b.Name].clone().DetachFromDisposeScope()))]);
    }

    /// <summary>Takes on the values and buffers of a copy.</summary>
    /// <exception cref="ArgumentException">It is of another network.</exception>
    public void Load(WeightsCopy copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        RequireFit(copy);
        Take(copy.Values, copy.Buffers);
    }

    private void RequireFit(WeightsCopy copy)
    {
        if (!Fits(copy.Values, copy.Buffers))
        {
            throw new ArgumentException("The copy is of the weights of another network.", nameof(copy));
        }

        if (copy.Frozen is not null && copy.Frozen != Frozen)
        {
            throw new ArgumentException(
                "The copy is of the weights of a network whose parameters that are not trained are others: of another seed, say.",
                nameof(copy));
        }
    }

    /// <summary>Takes on a copy until the result is disposed; then weights and buffers are, to the bit, what they were.</summary>
    /// <param name="copy">The copy.</param>
    /// <exception cref="ArgumentException">It is of another network.</exception>
    public IDisposable Exchange(WeightsCopy copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        RequireFit(copy);
        WeightsCopy before = Copy();
        Load(copy);
        return new Undo(() =>
        {
            Load(before);
            before.Dispose();
        });
    }

    /// <summary>Whatever the network does to its buffers until the result is disposed, they are then what they were.</summary>
    internal IDisposable KeepBuffers()
    {
        using var mode = no_grad();
        (Tensor Buffer, Tensor Before)[] kept = [.. Buffers.Select(b => (b.Buffer, b.Buffer.clone().DetachFromDisposeScope()))];
        return new Undo(() =>
        {
            using var mode = no_grad();
            foreach ((Tensor buffer, Tensor before) in kept)
            {
                buffer.copy_(before);
                before.Dispose();
            }
        });
    }

    /// <summary>
    /// Recomputes BatchNorm's running statistics at the weights as they are, as Izmailov et al. (UAI 2018) do for averaged weights: means
    /// and variances of the batches, weighted by their sizes. All else in the network is in inference mode meanwhile. Without BatchNorm
    /// nothing happens, and no input is asked for.
    /// </summary>
    /// <param name="inputs">Batches of the network's normalized input, as <see cref="StepPartContext.Pass"/> gives it.</param>
    internal void RecomputeStatistics(IEnumerable<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var mode = no_grad();
        Models.RunningStatistics.Recompute(Network, inputs, Forward);
    }

    /// <summary>Makes changed <see cref="Values"/> known to the layers that have a bfloat16 copy.</summary>
    private void Publish()
    {
        if (_working is not null)
        {
            using var mode = no_grad();
            using Tensor masters = Values.narrow(0, 0, _working.numel());
            _working.copy_(masters);
        }
    }

    /// <summary>Puts parameters and buffers, as a checkpoint has them, in the place of these.</summary>
    /// <exception cref="InvalidDataException">They are another network's.</exception>
    internal void Load(Tensor values, IReadOnlyList<(string Name, Tensor Buffer)> buffers)
    {
        if (!Fits(values, buffers))
        {
            throw new InvalidDataException(
                $"The checkpoint's weights are not those of a network '{_classifier.Architecture.Name}' of this version.");
        }

        Take(values, buffers);
    }

    private bool Fits(Tensor values, IReadOnlyList<(string Name, Tensor Buffer)> buffers)
        => values.shape.SequenceEqual(Values.shape)
            && Buffers.Select(b => (b.Name, string.Join('x', b.Buffer.shape)))
                .SequenceEqual(buffers.Select(b => (b.Name, string.Join('x', b.Buffer.shape))));

    private void Take(Tensor values, IReadOnlyList<(string Name, Tensor Buffer)> buffers)
    {
        using var mode = no_grad();
        Replace(values);
        foreach (((_, Tensor own), (_, Tensor stored)) in Buffers.Zip(buffers))
        {
            own.copy_(stored);
        }
    }

    /// <summary>A copy of the network as it is now, to measure with.</summary>
    internal ImageClassifier ForInference()
    {
        Dictionary<string, Tensor> state = Network.state_dict();
        foreach (Slot slot in _slots)
        {
            state[slot.Name] = slot.Master;
        }

        return _classifier.ForInference(state, _precision);
    }

    /// <summary>Gives the network its own tensors back. The gradient vector's order ends here.</summary>
    public void Dispose()
    {
        if (Values.IsInvalid)
        {
            return;
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        ForgetGradients();
        NetworkForm.ChangeType(Network, ScalarType.Float32);
        Dictionary<string, Parameter> parameters = Network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach ((string name, Tensor value) in _frozen)
        {
            parameters[name].set_(value);
            value.Dispose();
        }

        foreach (Slot slot in _slots)
        {
            // Not clone: it would keep strides that say channels last where a weight has one input channel, and torch would choose other
            // convolutions than for a loaded model.
            parameters[slot.Name].set_(empty(slot.Master.shape, device: slot.Master.device).copy_(slot.Master));
            slot.Master.Dispose();
        }

        Values.Dispose();
        _working?.Dispose();
        _classifier.Form = default;
    }

    /// <summary>A parameter and its place in <see cref="Values"/>.</summary>
    private readonly record struct Slot(string Name, Parameter Parameter, Tensor Master);

    private sealed class Undo(Action undo) : IDisposable
    {
        private Action? _undo = undo;

        public void Dispose() => Interlocked.Exchange(ref _undo, null)?.Invoke();
    }
}

/// <summary>Where a parameter lies in <see cref="Weights.Values"/>.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Shape">
/// Its sizes. Of four, as a convolution's weight has, the values may lie in another order than theirs: channels last.
/// </param>
/// <param name="Offset">The place of its first value.</param>
public readonly record struct WeightsPlace(string Name, ImmutableArray<long> Shape, long Offset)
{
    /// <summary>How many values it has.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}
