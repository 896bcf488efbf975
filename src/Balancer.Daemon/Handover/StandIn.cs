// STANDING IN: whoever started us watches us, and not the process that has taken our place.
//
// s6, runit, a container, a terminal: they know one process, send signals to it, and take its end
// for the end of the service. So when it has been replaced and has finished, it stays, does nothing
// and holds nothing, but passes signals on, and ends when the process that serves does, with its
// exit code. There is at most one that stands in: the next successor is started through a process
// that ends (Midwife.cs), so it becomes a child of the one that stands in, which has asked for
// orphans, and is told who serves from then on by a connection that each successor gets in turn.
// If it is killed, that connection breaks, and the process that serves ends as if told to: whoever
// watches will start the service anew, and the port must be free then.
//
// Under systemd nobody stands in: it is told who the main process is.

using System.Reactive.Disposables;
using System.Runtime.InteropServices;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Handover;

/// <summary>A process that waits in another one's stead: passes signals on from construction.
/// </summary>
sealed class StandIn : IDisposable
{
    const int User1 = 10, User2 = 12;

    static readonly (PosixSignal Signal, int Number)[] PassedOn =
    [
        (PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3),
        (PosixSignal.SIGTERM, 15), ((PosixSignal)User1, User1), ((PosixSignal)User2, User2),
    ];

    static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(10);

    readonly Lock _reading = new();
    readonly HandoverLink _link;
    readonly CompositeDisposable _passing;
    int _process;
    bool _isAlone;

    /// <summary>Stands in for this one, which is a child of ours; from now on our children's
    /// orphans are ours.</summary>
    public StandIn(Successor successor)
    {
        (_link, _process) = (successor.Link, successor.Process);
        LibC.AdoptOrphans();
        _passing = new(PassedOn.Select(signal => PosixSignalRegistration.Create(
            signal.Signal, context =>
            {
                context.Cancel = true;
                LibC.Signal(Serving(), signal.Number);
            })));
    }

    /// <summary>Waits for the end of the process that serves; its exit code.</summary>
    public int Run()
    {
        // What the daemon had is given back.
        GC.Collect(
            GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        while (true)
        {
            var ended = LibC.Reap(-1, waits: true, out var end);
            if (ended.IsError)
                return ServiceCommand.CutShort;
            if (ended.Value == Serving())
                return end.ExitCode;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _passing.Dispose();

    // Who serves, as far as has been told.
    int Serving()
    {
        lock (_reading)
        {
            while (!_isAlone && _link.HasNews())
                Read();
            return _process;
        }
    }

    void Read()
    {
        try
        {
            _process = _link.Expect(HandoverStage.Heir, ReadPatience)
                .Read(HandoverJson.Default.HeirView).Process;
        }
        catch (HandoverException)
        {
            // The last of them has gone; its end is what is waited for.
            _isAlone = true;
        }
    }
}
