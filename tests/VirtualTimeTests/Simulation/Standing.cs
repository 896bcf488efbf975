using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// How the backends stand: what operators have said, what the core has told of departures, and
/// what their sessions show.
/// </summary>
sealed class Standing(World world)
{
    readonly HashSet<BackendId> _drained = [];
    readonly HashSet<BackendId> _leaving = [];

    /// <summary>Those that an operator has drained.</summary>
    public IReadOnlySet<BackendId> Drained => _drained;

    /// <summary>An operator is about to say this.</summary>
    public void Heeds(BackendCommand command)
    {
        if (command.Names is { } named && !world.Control.Backends.Lookup(named).HasValue)
            return;
        if (command is BackendCommand.Drain drain)
            _drained.Add(drain.Id);
        else if (command is BackendCommand.Enable enable)
            _drained.Remove(enable.Id);
    }

    /// <summary>The core has told this.</summary>
    public void Hears(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.BackendLeaving { Reason: LeavingBecause.SocketGone } leaving:
                _leaving.Add(leaving.Id);
                break;
            case BalancerEvent.BackendStays stays: _leaving.Remove(stays.Id); break;
            case BalancerEvent.BackendFaulted faulted: _leaving.Remove(faulted.Id); break;
            case BalancerEvent.BackendReplaced replaced: _leaving.Remove(replaced.Id); break;
            default: break;
        }
    }

    /// <summary>It lives, and there is nothing against it.</summary>
    public bool IsWhole(BackendSession session) =>
        session.State is Session.Live { Trust: Trust.Full, Fitness.IsAiling: false }
        && !IsLeaving(session.Id);

    /// <summary>It lives, and gets nothing new while another is whole.</summary>
    public bool IsShunned(BackendSession session) =>
        session.State is Session.Live live
        && (live.Trust is Trust.Suspect or Trust.HeldDown || live.Fitness.IsAiling
            || IsLeaving(session.Id));

    bool IsLeaving(BackendId id) => _drained.Contains(id) || _leaving.Contains(id);
}
