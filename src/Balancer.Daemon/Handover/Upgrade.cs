// UPGRADE: another program takes this one's place, and no client notices.
//
// The new process is started and connects to us. It gets the listening sockets, which are the very
// same sockets: what the kernel has queued stays queued. With the numbers of the backends it makes
// sessions of its own to them, and only when it has met all that serve here, it gets the first half
// of what we know (Estate.cs). Then, in one turn of each loop, we stop reading; it gets the rest,
// and reads. That gap is the only one, some milliseconds: what comes in it waits in the kernel.
// From then on we answer what we have been asked, and end.
//
//   we                                          the new one
//   start ─────────────────────────────────────► hello
//   welcome, listeners, prospects ─────────────► binds nothing, composes, connects to backends
//   ◄──────────────────────────────────────────  met
//   first half ────────────────────────────────► inherited
//   stop reading, second half, counts ─────────► inherits, reads: serving; opens its door: settled
//   accepted; finish; counts, over ────────────►
//
// Whatever goes wrong before the end of that: the new one is killed, and we read again. Every wait
// has a bound. Who is told what of processes is in Midwife.cs and StandIn.cs.
//
// Not promised: that connections move (they are finished here, for at most a minute); that the
// number of loops can change; that the new one has learned of a question we still owe an answer to:
// whoever asks it again, asks anew.

using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Supervision;
using Balancer.Rx.Handover;

namespace Balancer.Daemon.Handover;

/// <summary>Takes orders to be replaced, one at a time. For any thread.</summary>
internal sealed partial class Upgrade : IDisposable
{
    /// <summary>How long connections of clients may go on here afterwards.</summary>
    public static readonly TimeSpan FinishPatience = TimeSpan.FromSeconds(60);

    /// <summary>Which handover is spoken.</summary>
    public const int Protocol = 1;

    // What lies between the moment at which nobody reads and that at which somebody does.
    private static readonly TimeSpan GapPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(200);

    private readonly AsyncSubject<Unit> _replaced = new();
    private readonly ManualResetEventSlim _isOver = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly Daemon _daemon;
    private readonly Narrator _narrator;
    private readonly Predecessor? _predecessor;
    private readonly Supervisor _supervisor;
    private readonly Notifier _notifier;
    private readonly int? _http;
    private StatusOfAll? _status;
    private Successor? _successor;
    private int _isBusy;

    /// <summary>Nothing happens before it is ordered.</summary>
    /// <param name="daemon">What is handed over.</param>
    /// <param name="http">The listener of --http; null: none.</param>
    /// <param name="predecessor">Whose place we have taken; null: nobody's.</param>
    /// <param name="supervisor">Who has started us.</param>
    /// <param name="notifier">Tells him who the main process is.</param>
    /// <param name="narrator">Told how it goes.</param>
    public Upgrade(
        Daemon daemon, int? http, Predecessor? predecessor, Supervisor supervisor,
        Notifier notifier, Narrator narrator)
    {
        (_daemon, _http, _predecessor) = (daemon, http, predecessor);
        (_supervisor, _notifier, _narrator) = (supervisor, notifier, narrator);
    }

    /// <summary>Whose place we have taken; null: nobody's.</summary>
    public Predecessor? Predecessor => _predecessor;

    /// <summary>What has been counted; to be set before anything is ordered.</summary>
    public StatusOfAll Status
    {
        get => _status!;
        set => _status = value;
    }

    /// <summary>Another one serves: what is left here is to be finished. At once if so.</summary>
    public IObservable<Unit> Replaced => _replaced.AsObservable();

    /// <summary>Another one serves.</summary>
    public bool IsReplaced { get; private set; }

    /// <summary>Stays for the sake of the one that serves, once we have finished; null: nobody has
    /// to.</summary>
    public StandIn? StandIn { get; private set; }

    /// <summary>Starts a program and hands all over to it.</summary>
    /// <param name="program">Its path; null: ours, as it is on disk now.</param>
    /// <param name="patience">For how long the new one may say nothing, at each step.</param>
    /// <returns>What is so now, in a sentence.</returns>
    /// <exception cref="HandoverException">Why not; all is as it was.</exception>
    public Task<string> To(string? program, TimeSpan patience)
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
            throw new HandoverException(IsReplaced
                ? "another process has taken our place already"
                : "an upgrade is under way already");
        return Task.Factory.StartNew(
            () => Begin(program ?? OwnProgram(), patience), TaskCreationOptions.LongRunning);
    }

    /// <summary>We are told to stop: what is under way is given up.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>Whoever ordered it has been told: from now on we finish.</summary>
    public void Finish()
    {
        _replaced.OnNext(default);
        _replaced.OnCompleted();
        new Thread(TellCounts) { Name = "counts", IsBackground = true }.Start();
    }

    /// <summary>All is finished, and the loops have ended: says the last counts.</summary>
    public void TellLast()
    {
        _isOver.Set();
        Tell(HandoverStage.Over, Status.AtEnd());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver.Set();
        _cancel.Dispose();
        _replaced.Dispose();
        _successor?.Dispose();
    }

    // Nobody does so already, nor does systemd want it.
    private bool StandsIn => !_notifier.IsHeard && _predecessor?.StandInFd is null;

    private string Begin(string program, TimeSpan patience)
    {
        var isPaused = false;
        try
        {
            if (_predecessor?.WaitUntilOver(FinishPatience) == false)
                throw new HandoverException(
                    "the process before this one still finishes connections; try again");
            _narrator.UpgradeBegins(program);
            _successor = Successor.Start(program, isOrphan: !StandsIn, _supervisor);
            _successor.Meet(patience, _cancel.Token);
            using var cancelling = _cancel.Token.Register(_successor.Link.Cut);
            var version = Introduce(_successor.Link, patience);
            AwaitMeeting(_successor.Link, patience);
            var bequests = Ask(worker => worker.Plane.Bequeath());
            SendAll(HandoverStage.Estate, bequests.Select(bequest => bequest.First));
            Expect(HandoverStage.Inherited, patience);
            isPaused = true;
            SendAll(HandoverStage.Last, Ask(worker =>
            {
                worker.Listeners.Pause();
                using var bequest = bequests[worker.Share.Index];
                return bequest.Last();
            }));
            Tell(HandoverStage.Counts, Status.Each().ToTask().GetAwaiter().GetResult());
            Expect(HandoverStage.Serving, GapPatience);
            Expect(HandoverStage.Settled, patience);
            Accept();
            var text = $"{version} (process {_successor.Process}) has taken over from "
                + $"{VersionInfo.Number} (process {Environment.ProcessId})";
            _narrator.Upgraded(program, version, _successor.Process);
            return text;
        }
        catch (Exception e)
        {
            _successor?.Dispose();
            if (isPaused)
                Resume();
            var reason = e is HandoverException
                ? e.Message : $"{e.GetType().Name}: {e.Message}";
            _narrator.NotUpgraded(program, reason);
            _isBusy = 0;
            throw e is HandoverException ? e : new HandoverException(reason);
        }
    }

    private void Accept()
    {
        var successor = _successor!;
        if (StandsIn)
            StandIn = new(successor);
        successor.Release();
        _notifier.Tell($"MAINPID={successor.Process}");
        _predecessor?.TellStandIn(successor.Process);
        IsReplaced = true;
        successor.Link.Send(
            HandoverStage.Accepted, new(StandsIn), HandoverJson.Default.AcceptedView);
    }

    // What it says of backends no longer matters.
    private void Expect(HandoverStage stage, TimeSpan patience)
    {
        HandoverMessage said;
        do said = _successor!.Link.Receive(patience);
        while (said.Stage == HandoverStage.Met);
        if (said.Stage != stage)
            throw new HandoverException($"it says {said.Stage} where {stage} is expected");
    }

    private void Resume()
    {
        try
        {
            Ask(worker =>
            {
                worker.Listeners.Resume();
                return true;
            });
        }
        catch (ObjectDisposedException)
        {
            // We were told to stop, and the loops have ended.
        }
    }

    private void SendAll(HandoverStage stage, IEnumerable<Estate> estates)
    {
        foreach (var estate in estates)
            _successor!.Link.Send(stage, estate.ToBytes());
    }

    // Those who ask there, are told of what is answered here.
    private void TellCounts()
    {
        try
        {
            while (!_isOver.Wait(TellEvery))
                Tell(HandoverStage.Counts, Status.Each().ToTask().GetAwaiter().GetResult());
        }
        catch (ObjectDisposedException)
        {
            // The loops have ended: the last counts are told by themselves.
        }
    }

    private void Tell(HandoverStage stage, IList<DaemonStatus> loops)
    {
        try
        {
            _successor!.Link.Send(
                stage, new([.. loops]), HandoverJson.Default.CountsView);
        }
        catch (HandoverException e) when (IsReplaced)
        {
            _narrator.CountsNotTold(e.Message);
        }
    }

    private T[] Ask<T>(Func<Worker, T> question) => Task
        .WhenAll(_daemon.Workers.Select(worker => worker.Ask(() => question(worker))))
        .GetAwaiter().GetResult();

    // A new file of the same name is what an upgrade is for.
    private static string OwnProgram()
    {
        const string deleted = " (deleted)";
        var path = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: false)?.FullName
            ?? throw new HandoverException("/proc/self/exe: cannot be read");
        return path.EndsWith(deleted, StringComparison.Ordinal) ? path[..^deleted.Length] : path;
    }
}
