using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx.Recording;

namespace Balancer.Rx.Backends;

// What it goes by, which may change while it runs.
public sealed partial class BackendSession
{
    private readonly BehaviorSubject<BalancerOptions> _settled;
    private BalancerOptions _options;

    // Until the first probe is asked.
    private SessionMemory? _recalled;

    /// <summary>By these from now on; what is waited for is, as it was set.</summary>
    internal void Settle(BalancerOptions options)
    {
        var isUnasked = _options.Probe is not null && options.Probe is null;
        _options = options;
        _machine.Settle(options);
        _settled.OnNext(options);
        if (isUnasked)
            _signals.OnNext(new Signal.Unasked());
    }

    // The numbers of one session's probes go on from those that were asked before.
    private IObservable<Signal> Probed(int attempt, QueryProbe probe)
    {
        var before = _recalled?.State.Attempt == attempt ? _recalled : null;
        _recalled = null;
        var isAwaited = before?.AwaitsProbe ?? false;
        _probes = (before?.Probes ?? 0) - (isAwaited ? 1 : 0);
        return _carrier
            .Results(
                probe, () => (ushort)_probes++, isAwaited, Id, _options, _clockwork, _seam)
            .Select(rcode => new Signal.Probed(attempt, rcode));
    }
}
