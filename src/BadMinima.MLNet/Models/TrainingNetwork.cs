using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>
/// A classifier's network while it is trained. All its parameters that ask for a gradient are one vector of 32-bit numbers, which SGD changes in a few operations however many layers there are;
/// the network's own tensors are views of it. In mixed precision convolutions and linear layers have bfloat16 copies instead, likewise one vector.
/// <see cref="Dispose"/> gives the classifier its network back as it was, trained.
/// </summary>
internal sealed class TrainingNetwork : IDisposable
{
    private readonly ImageClassifier _classifier;
    private readonly Precision _precision;
    private readonly Slot[] _slots;
    private readonly (string Name, Tensor Value)[] _frozen;
    private readonly Tensor? _working;

    /// <param name="classifier">The classifier, whose network takes another form until <see cref="Dispose"/>.</param>
    /// <param name="precision">In which numbers it is to compute.</param>
    public TrainingNetwork(ImageClassifier classifier, Precision precision)
    {
        (_classifier, _precision) = (classifier, precision);
        using var mode = no_grad();
        using var scope = NewDisposeScope();

        // The masters are taken before anything is rounded. Those with a bfloat16 copy come first, so that both kinds are one piece each.
        Dictionary<string, Tensor> masters = Network.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());
        classifier.Form = NetworkForm.Best(classifier.Device, precision);
        classifier.Form.Take(Network);
        _frozen = [.. Network.named_parameters().Where(p => !p.parameter.requires_grad).Select(p => (p.name, masters[p.name].DetachFromDisposeScope()))];

        // A parameter that two layers share has two names and one place.
        (string Name, Parameter Parameter)[] parameters =
        [
            .. Network.named_parameters().Select(p => (p.name, p.parameter)).Where(p => p.parameter.requires_grad).DistinctBy(p => p.parameter.Handle)
                .OrderByDescending(p => p.parameter.dtype == ScalarType.BFloat16),
        ];
        Values = cat([.. parameters.Select(p => Layouts.Flatten(masters[p.Name], classifier.Form.Layout))]).DetachFromDisposeScope();
        long rounded = parameters.Where(p => p.Parameter.dtype == ScalarType.BFloat16).Sum(p => p.Parameter.numel());
        _working = rounded > 0 ? Values.narrow(0, 0, rounded).to(ScalarType.BFloat16).DetachFromDisposeScope() : null;
        _slots = new Slot[parameters.Length];
        long offset = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            (string name, Parameter parameter) = parameters[i];
            _slots[i] = new(name, parameter, View(Values).DetachFromDisposeScope());
            parameter.set_(parameter.dtype == ScalarType.BFloat16 ? View(_working!) : _slots[i].Master);
            offset += parameter.numel();

            Tensor View(Tensor flat) => Layouts.Unflatten(flat.narrow(0, offset, parameter.numel()), parameter.shape, classifier.Form.Layout);
        }
    }

    /// <summary>All parameters that are trained in one row, [n], Single: what SGD changes. <see cref="Publish"/> afterwards.</summary>
    public Tensor Values { get; }

    public nn.Module<Tensor, Tensor> Network => _classifier.Network;

    /// <summary>Whether the network is one of the library's own.</summary>
    public bool IsBuiltIn => Architectures.IsBuiltIn(_classifier.Architecture.Name);

    /// <summary>The network's buffers by name: BatchNorm's running statistics.</summary>
    public IReadOnlyList<(string Name, Tensor Buffer)> Buffers => [.. Network.named_buffers().Select(b => (b.name, b.buffer))];

    /// <summary>Normalized input of the network from a batch of raw examples; Single, whatever the precision.</summary>
    public Tensor Normalize(Tensor examples) => _classifier.Normalize(examples);

    /// <summary>Logits [B, classes], Single, of normalized input.</summary>
    public Tensor Forward(Tensor normalized) => _classifier.ForwardNormalized(normalized);

    /// <summary>The gradients that backward has left, [n], Single, in the order of <see cref="Values"/>. They are forgotten at the parameters. What the loss does not depend on has 0.</summary>
    public Tensor TakeGradient()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor[] parts = [.. _slots.Select(s => Layouts.Flatten(s.Parameter.grad ?? zeros_like(s.Parameter), _classifier.Form.Layout))];
        ForgetGradients();

        // The bfloat16 ones are widened together, not one by one as cat would do.
        int wide = Array.FindIndex(parts, p => p.dtype == ScalarType.Float32);
        Tensor gradient = wide == 0 ? cat(parts)
            : wide < 0 ? cat(parts).to(ScalarType.Float32)
            : cat([cat(parts[..wide]).to(ScalarType.Float32), .. parts[wide..]]);
        return gradient.MoveToOuterDisposeScope();
    }

    /// <summary>Forgets what backward has left.</summary>
    public void ForgetGradients()
    {
        foreach (Slot slot in _slots)
        {
            slot.Parameter.grad = null;
        }
    }

    /// <summary>Makes changed <see cref="Values"/> known to the layers that have a bfloat16 copy.</summary>
    public void Publish()
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
    public void Load(Tensor values, IReadOnlyList<(string Name, Tensor Buffer)> buffers)
    {
        using var mode = no_grad();
        IReadOnlyList<(string Name, Tensor Buffer)> own = Buffers;
        if (!values.shape.SequenceEqual(Values.shape) || !own.Select(b => (b.Name, string.Join('x', b.Buffer.shape))).SequenceEqual(buffers.Select(b => (b.Name, string.Join('x', b.Buffer.shape)))))
        {
            throw new InvalidDataException($"The checkpoint's weights are not those of a network '{_classifier.Architecture.Name}' of this version.");
        }

        Values.copy_(values);
        Publish();
        for (int i = 0; i < own.Count; i++)
        {
            own[i].Buffer.copy_(buffers[i].Buffer);
        }
    }

    /// <summary>A copy of the network as it is now, to measure with.</summary>
    public ImageClassifier ForInference()
    {
        Dictionary<string, Tensor> state = Network.state_dict();
        foreach (Slot slot in _slots)
        {
            state[slot.Name] = slot.Master;
        }

        return _classifier.ForInference(state, _precision);
    }

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
            // Not clone: it would keep strides that say channels last where a weight has one input channel, and torch would choose other convolutions than for a loaded model.
            parameters[slot.Name].set_(empty(slot.Master.shape, device: slot.Master.device).copy_(slot.Master));
            slot.Master.Dispose();
        }

        Values.Dispose();
        _working?.Dispose();
        _classifier.Form = default;
    }

    /// <summary>A parameter and its place in <see cref="Values"/>.</summary>
    private readonly record struct Slot(string Name, Parameter Parameter, Tensor Master);
}
