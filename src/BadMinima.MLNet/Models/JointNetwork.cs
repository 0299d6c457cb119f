using BadMinima.MLNet.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Several networks of one kind that compute as one, see <see cref="LanedLayers"/>. The weights stay with their owners and are copied in
/// for each pass. Buffers, which are BatchNorm's running statistics, are views of this network's as long as it is there, so that what it
/// does to them is done to the owners' own.
/// </summary>
internal sealed class JointNetwork : IDisposable
{
    private readonly NetworkForm _form;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly (Parameter Parameter, WeightsPlace Place)[] _slots;

    // Those that it computes for, and which of them have its buffers.
    private Weights[] _lanes = [];
    private readonly HashSet<Weights> _bound = [];
    private Tensor? _logits;

    /// <summary>A network that computes for nobody yet.</summary>
    /// <param name="kind">One of those that it is for; all have one architecture, shape, number of classes, device and form.</param>
    /// <param name="count">How many.</param>
    public JointNetwork(Weights kind, int count)
    {
        using var mode = no_grad();
        ImageClassifier classifier = kind.Classifier;
        (_form, Count, Description) = (classifier.Form, count, Describe(kind));
        _network = Compose(classifier.Architecture, classifier.Shape, classifier.Classes, count)!.to(classifier.Device);
        _form.Take(_network);
        Dictionary<string, Parameter> parameters = _network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (Tensor value in _network.parameters().Concat(_network.buffers()))
        {
            value.DetachFromDisposeScope();
        }

        _slots = [.. kind.Places.Select(place => (parameters[place.Name], place))];
    }

    /// <summary>How many it can compute for.</summary>
    public int Count { get; }

    /// <summary>What its lanes have in common.</summary>
    public string Description { get; }

    /// <summary>Whether it computes for nobody.</summary>
    public bool IsFree => _bound.Count == 0 && _logits is null;

    /// <summary>What weights have in common that can go through one pass, if their inputs have one shape.</summary>
    public static string Describe(Weights weights)
    {
        ImageClassifier kind = weights.Classifier;
        return $"{kind.Architecture.Name} {kind.Shape} {kind.Classes} {kind.Form} {kind.Device}";
    }

    /// <summary>From now on it computes for these, in this order, which have its buffers until they are released.</summary>
    public void Bind(Weights[] lanes)
    {
        using var mode = no_grad();
        _lanes = lanes;
        foreach ((string name, Tensor joint) in _network.named_buffers())
        {
            using var scope = NewDisposeScope();
            foreach ((int lane, Weights weights) in lanes.Index())
            {
                Tensor own = weights.Buffers.First(b => b.Name == name).Buffer;
                Tensor row = own.dim() == 0 ? joint.select(0, lane) : joint.narrow(0, lane * own.shape[0], own.shape[0]);
                row.copy_(own);
                own.set_(row);
            }
        }

        _bound.UnionWith(lanes);
    }

    /// <summary>Gives one of its lanes buffers of its own again. Without all of its lanes it is for nobody.</summary>
    public void Release(Weights lane)
    {
        using var mode = no_grad();
        if (_bound.Remove(lane))
        {
            foreach ((_, Tensor buffer) in lane.Buffers)
            {
                using Tensor own = buffer.clone();
                buffer.set_(own);
            }
        }
    }

    /// <summary>A network of S lanes; null: the architecture has a layer that knows no lanes, or is one of the user's own.</summary>
    public static nn.Module<Tensor, Tensor>? Compose(Architecture architecture, InputShape shape, int classes, int lanes)
    {
        // Layers draw their first weights, which nobody sees.
        using ProcessGenerator generator = ProcessGenerator.Take(0, CPU);
        try
        {
            return architecture.Compose(new LanedLayers(lanes), shape, classes);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Whether it computes for exactly these.</summary>
    public bool IsOf(IReadOnlyList<Weights> lanes) => _bound.Count == lanes.Count && _lanes.SequenceEqual(lanes);

    /// <summary>The logits of each lane for its own input, [B, classes], in nobody's dispose scope.</summary>
    /// <param name="inputs">Normalized, [B, ...], of one shape.</param>
    public Tensor[] Forward(IReadOnlyList<Tensor> inputs)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope();
        Load();
        _network.train(_lanes[0].Network.training);
        Tensor all = Layouts.Arrange(cat([.. inputs], 1), _form.Layout).to(_form.Type);
        Tensor logits = LanedLayers.Split(_network.call(all).to(ScalarType.Float32), _lanes.Length);
        _logits = logits.DetachFromDisposeScope();
        return [.. _lanes.Select((_, i) => logits.select(1, i).detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>The gradient of each lane, [n], in the order of its <see cref="Weights.Values"/>, in nobody's dispose scope.</summary>
    /// <param name="ofLogits">
    /// The gradients by the logits that <see cref="Forward"/> gave last; null for a loss without them. Who is not there wants none.
    /// </param>
    public IReadOnlyDictionary<Weights, Tensor> Backward(IReadOnlyDictionary<Weights, Tensor?> ofLogits)
    {
        using var scope = NewDisposeScope();
        using Tensor logits = _logits!;
        _logits = null;
        Tensor[] given = [.. _lanes.Select((lane, i) => ofLogits.GetValueOrDefault(lane) ?? zeros_like(logits.select(1, i)))];
        logits.backward([stack(given, 1)]);
        using var mode = no_grad();
        Tensor[] parts = [.. _slots.Select(s => Rows(s.Parameter.grad ?? zeros_like(s.Parameter)))];
        foreach ((Parameter parameter, _) in _slots)
        {
            parameter.grad = null;
        }

        // As Weights.TakeGradient does: those in bfloat16 come first, and are widened together.
        int wide = Array.FindIndex(parts, p => p.dtype == ScalarType.Float32);
        Tensor all = wide == 0 ? cat(parts, 1)
            : wide < 0 ? cat(parts, 1).to(ScalarType.Float32)
            : cat([cat(parts[..wide], 1).to(ScalarType.Float32), .. parts[wide..]], 1);
        return _lanes.Index().Where(lane => ofLogits.ContainsKey(lane.Item))
            .ToDictionary(lane => lane.Item, lane => all[lane.Index].DetachFromDisposeScope());
    }

    /// <summary>Gives its lanes buffers of their own again, and ends it.</summary>
    public void Dispose()
    {
        foreach (Weights lane in _bound.ToArray())
        {
            Release(lane);
        }

        _logits?.Dispose();
        _network.Dispose();
    }

    private void Load()
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        Tensor all = stack([.. _lanes.Select(lane => lane.Values)]);
        foreach ((Parameter parameter, WeightsPlace place) in _slots)
        {
            Rows(parameter).copy_(all.narrow(1, place.Offset, place.Count));
        }
    }

    /// <summary>A parameter, or its gradient, with a row for each lane, in the order that its values have in a flat vector.</summary>
    private Tensor Rows(Tensor parameter) => Layouts.Flatten(parameter, _form.Layout).view(_lanes.Length, -1);
}
