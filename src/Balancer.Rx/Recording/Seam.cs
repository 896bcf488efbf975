// THE SEAM: where the world comes into the control plane.
//
// All that the control plane decides follows from what crosses here: pushes (a timer has fired, a
// link has said something, strangers have come) and answers (what the directory holds, since when a
// backend owes). So whoever writes down what crosses has a recording (Recorder), and whoever says
// the same again, at the same times, gets the same decisions (Replayer). Both are this one class to
// the pipelines, which do not know which of the two they run on.
//
// What is not here: datagrams, answers to clients, bytes of TCP. They decide nothing that is told,
// but by the counts that a sweep asks for, and those are answers. So the size of a recording is a
// matter of control events, and a datagram of a known remote costs nothing for it.

using System.Reactive;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Remotes;
using Balancer.Rx.Time;

namespace Balancer.Rx.Recording;

/// <summary>A number that the control plane asks for. As in recordings: never used anew.</summary>
internal enum Asked : byte
{
    /// <summary>For how many ticks a backend has owed and been silent.</summary>
    Silence = 1,

    /// <summary>How many answers a backend owes.</summary>
    Owed = 2,

    /// <summary>How many remotes have a route.</summary>
    Remotes = 3,

    /// <summary>How many remotes a backend has.</summary>
    RemotesOf = 4,

    /// <summary>How well a client is known.</summary>
    Standing = 5,

    /// <summary>Whether there is more to weigh.</summary>
    Weighing = 6,

    /// <summary>How many remotes are established.</summary>
    Established = 7,

    /// <summary>What the remotes of a backend have sent.</summary>
    Load = 8,

    /// <summary>Whether there is more to gather from.</summary>
    Gathering = 9,
}

/// <summary>What crosses, in the order in which it does.</summary>
internal abstract class Seam
{
    // ---- pushes, told before they take effect

    /// <summary>This timer fires; of those of its name it is the one with this number.</summary>
    public abstract void Fired(TimerName name, int number);

    /// <summary>The link of this backend has this to say.</summary>
    public abstract void Heard(BackendId id, Signal signal);

    /// <summary>This backend has answered a probe.</summary>
    public abstract void Probed(BackendId id, ProbeAnswer answer);

    /// <summary>These clients ask to be admitted.</summary>
    public abstract void Met(ReadOnlySpan<ClientAddress> strangers);

    /// <summary>Something may have changed in the directory.</summary>
    public abstract IObservable<Unit> Hints(IObservable<Unit> hints);

    /// <summary>An operator commands.</summary>
    public abstract IObservable<BackendCommand> Commands(IObservable<BackendCommand> commands);

    /// <summary>Other options are in force from now on.</summary>
    public abstract IObservable<BalancerOptions> Settings(IObservable<BalancerOptions> settings);

    /// <summary>A datagram has found no backend.</summary>
    public abstract IObservable<Unit> Starvation(IObservable<Unit> starvation);

    // ---- answers

    /// <summary>A number.</summary>
    public abstract long Ask(Asked what, long truth);

    /// <summary>What the directory holds.</summary>
    public abstract DirectoryListing List(IDirectory directory);

    /// <summary>Which remotes are idle, or astray: so many are in <paramref name="found"/>.
    /// </summary>
    public abstract int Idle(Span<ClientAddress> found, int truth, ref RemoteSweep sweep);

    /// <summary>Which remotes could be moved.</summary>
    public abstract IReadOnlyList<Mover> Movers(IReadOnlyList<Mover> truth);

    // ---- and what was made of it

    /// <summary>A decision: a fact of the control plane.</summary>
    public abstract void Decided(Timestamped<BalancerEvent> fact);

    /// <summary>The data plane's half of a session.</summary>
    public virtual ICarrier Carrier(BackendLane lane) => lane;
}
