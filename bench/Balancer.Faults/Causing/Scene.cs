using System.Diagnostics;
using System.Net;
using Balancer.Compare;
using Balancer.Compare.Contenders;
using Balancer.Compare.Running;

namespace Balancer.Faults.Causing;

/// <summary>What a scene came to; times in milliseconds.</summary>
/// <param name="Load">What became of all queries.</param>
/// <param name="NoRoom">Datagrams for which the queue of the contender's socket or of the load's
/// had no room: its reader was not given the time, or took it.</param>
/// <param name="Settled">How long after the event all was well again for the probes.</param>
/// <param name="Back">How long after its return the victim served the last of its probes; null: it
/// did not return.</param>
/// <param name="Ended">How long the contender took to end; null: it did not.</param>
sealed record Outcome(
    LoadReport Load, long NoRoom, double Settled, double? Back, double? Ended);

// SCENE: a contender in front of four backends, a load on it, three probes, and something happens.
//
// The load asks in an open loop and accounts for every query; it waits five seconds for an answer,
// and is told to stop some time after what happens. The probes ask once a millisecond each. Before
// the balancer they are clients of the victim, the first backend; elsewhere clients have no backend
// of their own.
//
// Settled is what the probes saw: a question is in trouble if it was not answered within 100 ms;
// trouble lasts until the answer comes from somebody else than the victim, or, if none came or the
// victim's own after all, until the question was asked. So it is short by up to 100 ms, and hardly
// a hiccup of the machine passes for it. What the return does in its first second belongs to it.
sealed class Scene : IDisposable
{
    public const int Victim = 0;
    const int Probes = 3;
    const int Clients = 1_000;
    const string LoadPatience = "5000", LoadBound = "60", Room = "65536";
    static readonly TimeSpan Before = TimeSpan.FromSeconds(2);
    static readonly TimeSpan After = TimeSpan.FromSeconds(3);
    static readonly TimeSpan Troubled = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Returning = TimeSpan.FromSeconds(1);
    static readonly TimeSpan FoundWithin = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ReadWithin = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    readonly Bench _bench;
    readonly Row _row;
    readonly List<Probe> _probes = [];
    Asking? _load;
    long _noRoom;
    long? _happened;
    long? _returned;
    long? _ended;

    Scene(Bench bench, Row row, Stand stand) => (_bench, _row, Stand) = (bench, row, stand);

    public Stand Stand { get; }

    /// <summary>Plays a row once.</summary>
    public static async Task<Outcome> Play(Bench bench, Row row, Contender contender, int rate)
    {
        using var stand = await bench.Set(contender, answering: [.. row.Answering]);
        using var scene = new Scene(bench, row, stand);
        return await scene.Play(contender.Behind == Behind.Sockets, rate);
    }

    /// <summary>The moment of the event.</summary>
    public void Happens() => _happened = Stopwatch.GetTimestamp();

    /// <summary>The moment from which the victim could serve.</summary>
    public void Returns() => _returned = Stopwatch.GetTimestamp();

    /// <summary>Starts the victim again.</summary>
    public async Task Return()
    {
        await Stand.StartBackend(Victim);
        Returns();
    }

    public Task Pause(TimeSpan time) => Task.Delay(time, _bench.Stop);

    /// <summary>SIGTERM; returns when it has gone.</summary>
    public async Task Dismiss(int backend)
    {
        Stand.Backend(backend).Signal(Libc.SigTerm);
        await Stand.Backend(backend).Exit(_bench.Stop).WaitAsync(EndsWithin, _bench.Stop);
    }

    /// <summary>No more questions, a moment for those under way to arrive, and SIGTERM.</summary>
    public async Task EndContender()
    {
        _load!.Stop();
        await Pause(ReadWithin);
        _noRoom = SocketDrops();
        Happens();
        Stand.Contender.Signal(Libc.SigTerm);
        await Stand.Contender.Exit(_bench.Stop).WaitAsync(EndsWithin, _bench.Stop);
        _ended = Stopwatch.GetTimestamp();
    }

    public void Dispose()
    {
        _load?.Dispose();
        _probes.ForEach(probe => probe.Dispose());
    }

    async Task<Outcome> Play(bool sticky, int rate)
    {
        var clients = await Find(sticky);
        _probes.AddRange(clients.Select(client => new Probe(Stand.Port, client)));
        _load = Stand.Begin(new(
            "--rate", $"{rate}", "--clients", $"{Clients}", "--ports", "16",
            "--outstanding", Room, "--patience", LoadPatience, "--for", LoadBound));
        await Pause(Before);
        await _row.Cause(this);
        if (!_row.EndsContender)
        {
            await Pause(After);
            Stand.Contender.MustRun();
            _load.Stop();
        }
        var end = Stopwatch.GetTimestamp();
        var report = await _load.Report(_bench.Stop);
        if (!_row.EndsContender)
            _noRoom = SocketDrops();
        return new(
            report,
            _noRoom + report.Dropped,
            _happened is null ? 0 : _probes.Max(probe => Settled(probe.Questions, end)),
            _returned is { } back ? _probes.Max(probe => Back(probe.Questions, back)) : null,
            _ended is { } ended ? Milliseconds(_happened!.Value, ended) : null);
    }

    // The first addresses outside the load's that the victim serves; any, where none belongs to it.
    async Task<List<IPAddress>> Find(bool sticky)
    {
        var found = new List<IPAddress>();
        for (byte last = 1; last < byte.MaxValue && found.Count < Probes; last++)
        {
            var address = new IPAddress([127, 1, 1, last]);
            using var probe = new Probe(Stand.Port, address);
            var first = await probe.First.WaitAsync(FoundWithin, _bench.Stop);
            if (!sticky || first.By == Victim + 1)
                found.Add(address);
        }
        return found.Count == Probes
            ? found
            : throw new Unmeasurable("the victim has not enough clients among 254");
    }

    double Settled(ReadOnlySpan<Asked> questions, long end)
    {
        var happened = _happened!.Value;
        var until = Math.Min(_returned + Ticks(Returning) ?? long.MaxValue, end - Ticks(Troubled));
        var settled = happened;
        foreach (var asked in questions)
        {
            // What was under way when it happened belongs to it, too.
            if (asked.Sent < happened - Ticks(Troubled) || asked.Sent > until)
                continue;
            if (asked.Answered != 0 && asked.Latency <= Troubled)
                continue;
            var elsewhere = asked.Answered != 0 && asked.By != Victim + 1;
            settled = Math.Max(settled, elsewhere ? asked.Answered : asked.Sent);
        }
        return Milliseconds(happened, settled);
    }

    static double Back(ReadOnlySpan<Asked> questions, long returned)
    {
        foreach (var asked in questions)
            if (asked.Sent >= returned && asked.By == Victim + 1)
                return Milliseconds(returned, asked.Answered);
        return double.PositiveInfinity;
    }

    long SocketDrops() => SocketQueues.Dropped(Stand.Port);

    static double Milliseconds(long from, long to) =>
        Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
