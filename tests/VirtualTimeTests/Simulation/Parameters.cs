using System.Globalization;
using System.Text;
using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// All that is drawn before a run begins, but for the schedule. Prints itself, one subject a line.
/// </summary>
sealed record Parameters
{
    public required ulong Seed { get; init; }

    public required BalancerOptions Options { get; init; }

    /// <summary>The original's timers and policies.</summary>
    public required bool IsCompat { get; init; }

    // ---- how much there is of everything

    public required int Backends { get; init; }

    public required int Clients { get; init; }

    /// <summary>How long faults are caused.</summary>
    public required TimeSpan Troubled { get; init; }

    /// <summary>How many of them.</summary>
    public required int Faults { get; init; }

    // ---- what clients do

    /// <summary>Between two questions of one client, twice this at most.</summary>
    public required TimeSpan AskEvery { get; init; }

    /// <summary>So many DNS ids are used: with few, one is asked again while in flight.</summary>
    public required int Ids { get; init; }

    /// <summary>How many questions of a hundred are padded, to at most a whole datagram.</summary>
    public required int LargeInPercent { get; init; }

    /// <summary>How many datagrams of a hundred are no questions at all.</summary>
    public required int JunkInPercent { get; init; }

    /// <summary>How many questions of a hundred are UPDATE or NOTIFY.</summary>
    public required int UpdatesInPercent { get; init; }

    // ---- what the network does to datagrams

    public required TimeSpan LongestWay { get; init; }

    public required int LostInPercent { get; init; }

    public required int DoubledInPercent { get; init; }

    // ---- what backends do to questions

    public required TimeSpan FastestAnswer { get; init; }

    public required TimeSpan SlowestAnswer { get; init; }

    public required int UnansweredInPercent { get; init; }

    public required int AnsweredTwiceInPercent { get; init; }

    // ---- what the sockets do to bytes

    /// <summary>The most that a socket to a backend holds unread.</summary>
    public required int SocketBuffer { get; init; }

    /// <summary>The most that one read from it brings.</summary>
    public required int ReadAtMost { get; init; }

    /// <summary>
    /// When the faults have stopped, all is well after this: a heartbeat or hello that never comes
    /// is given up, the longest wait passes, the directory is listed, questions expire; who is back
    /// is held down, warms up and passes its probes.
    /// </summary>
    public TimeSpan Convergence =>
        (Options.HelloPatience > Options.HeartbeatPatience
            ? Options.HelloPatience : Options.HeartbeatPatience)
        + Options.BackOffCeiling + Options.ListEvery + Options.AnswerPatience
        + Options.HoldDownCeiling + Options.SlowStart + Options.DrainPatience
        + (Options.Probe is null ? TimeSpan.Zero : 4 * Options.ProbeEvery)
        + 3.Seconds();

    /// <summary>
    /// Clients go on for two seconds when the faults have stopped; a rate limit has forgotten them
    /// after two more.
    /// </summary>
    public TimeSpan Ebb => (Options.RateLimit > 0 ? 4 : 2).Seconds();

    public static Parameters Draw(ulong seed, Seed lots)
    {
        var isCompat = lots.InPercent(15);
        var drawn = new Parameters()
        {
            Seed = seed,
            IsCompat = isCompat,
            Options = DrawOptions(
                isCompat ? BalancerOptions.Compat : BalancerOptions.Default, lots),
            Backends = lots.Between(1, 5),
            Clients = lots.Between(1, 9),
            Troubled = lots.Between(2, 8).Seconds(),
            Faults = lots.OneOf(0, 5, 15, 30, 50),
            AskEvery = lots.OneOf(60, 100, 200, 500).Milliseconds(),
            Ids = lots.OneOf(1, 3, 20, 60_000),
            LargeInPercent = lots.OneOf(0, 5, 30),
            JunkInPercent = lots.OneOf(0, 0, 10),
            UpdatesInPercent = lots.OneOf(0, 0, 10),
            LongestWay = lots.OneOf(0, 1, 30).Milliseconds(),
            LostInPercent = lots.OneOf(0, 0, 10),
            DoubledInPercent = lots.OneOf(0, 0, 10),
            FastestAnswer = lots.OneOf(0, 0, 5).Milliseconds(),
            SlowestAnswer = lots.OneOf(5, 5, 50, 500).Milliseconds(),
            UnansweredInPercent = lots.OneOf(0, 0, 5),
            AnsweredTwiceInPercent = lots.OneOf(0, 0, 5),
            SocketBuffer = lots.OneOf(300, 2_000, 200_000),
            ReadAtMost = lots.OneOf(30, 200, 16_000, 16_000),
        };
        return isCompat ? drawn : drawn with
        {
            Options = DrawAffinity(drawn.Options, drawn.Backends, new(~seed)),
        };
    }

    // By lots of their own.
    static BalancerOptions DrawAffinity(BalancerOptions usual, int backends, Seed lots)
    {
        var isWeighted = lots.InPercent(40);
        var hasStandbys = lots.InPercent(40);
        BackendId[] ids = [.. Enumerable.Range(5301, backends).Select(id => new BackendId(id))];
        return usual with
        {
            Affinity = lots.InPercent(40) ? AffinityPolicy.Rendezvous : AffinityPolicy.Turn,
            Weights = ids.Where(_ => isWeighted && lots.InPercent(60))
                .ToDictionary(id => id, _ => lots.OneOf(1, 2, 3, 10)),
            Standby = ids.Where(_ => hasStandbys && lots.InPercent(40))
                .ToDictionary(id => id, _ => lots.Between(1, 2)),
        };
    }

    static BalancerOptions DrawOptions(BalancerOptions usual, Seed lots)
    {
        var options = DrawTables(usual, lots) with
        {
            WhenEmpty = lots.OneOf(WhenEmpty.Drop, WhenEmpty.ServFail, WhenEmpty.Refused),
            RateLimit = lots.OneOf(0, 0, 0, 30, 200),
            RateSlip = lots.Between(0, 3),
            DisplacedPerSecond = lots.OneOf(0, 3, 4_096),
            Probe = lots.InPercent(30) ? new("localhost", 1, 0) : null,
            ProbeEvery = lots.OneOf(1_500, 3_000).Milliseconds(),
        };
        return usual.ReplayAge == TimeSpan.Zero ? options : DrawContinuity(options, lots);
    }

    // Not where the original's ways are kept: it knows nothing of these.
    static BalancerOptions DrawContinuity(BalancerOptions usual, Seed lots) => usual with
    {
        SuspectAfter = lots.OneOf(0, 300, 750, 750, 1_500).Milliseconds(),
        HoldDown = lots.OneOf(0, 50, 200, 200).Milliseconds(),
        HoldDownCeiling = lots.OneOf(1, 4, 10).Seconds(),
        SlowStart = lots.OneOf(0, 400, 400, 2_000).Milliseconds(),
        DrainOnUnlink = lots.InPercent(80),
        DrainPatience = lots.Between(1, 3).Seconds(),
        ReplayAge = lots.OneOf(0, 500, 1_500, 1_500, 3_000).Milliseconds(),
        ParkPatience = lots.OneOf(0, 100, 500, 500, 900).Milliseconds(),
        MaxParked = lots.OneOf(0, 2, 20, 4_096, 4_096),
    };

    static BalancerOptions DrawTables(BalancerOptions usual, Seed lots) => usual with
    {
        Seed = lots.Below(1_000_000),
        HashSeed = lots.Next(),
        RingBytes = lots.OneOf(4_096, 4_096, 16_384, 65_536),
        JournalEntries = lots.OneOf(8, 64, 256),
        MaxRemotes = lots.OneOf(3, 8, 64),
        MaxPins = lots.OneOf(1, 1_024),
        RemoteIdle = lots.Between(6, 15).Seconds(),
        ExpireEvery = lots.Between(1, 5).Seconds(),
        RebalanceEvery = lots.Between(1, 5).Seconds(),
        SweepShare = lots.OneOf(1, 4, 4_096),
        AnswerPatience = lots.Between(1, 5).Seconds(),
        HelloPatience = lots.Between(1, 4).Seconds(),
        HeartbeatEvery = lots.OneOf(250, 250, 1_000).Milliseconds(),
        HeartbeatPatience = lots.Between(2, 5).Seconds(),
        BackOffCeiling = lots.OneOf(2, 5, usual.BackOffCeiling.TotalSeconds > 32 ? 33 : 32)
            .Seconds(),
        ListEvery = lots.Between(1, 5).Seconds(),
    };

    /// <summary>One subject a line; of the options those that were drawn.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var property in typeof(Parameters).GetProperties())
        {
            if (property.Name is nameof(Options) or "EqualityContract")
                continue;
            Line(text, property.Name, property.GetValue(this));
        }
        var usual = IsCompat ? BalancerOptions.Compat : BalancerOptions.Default;
        foreach (var property in typeof(BalancerOptions).GetProperties())
        {
            if (property.GetMethod!.IsStatic)
                continue;
            var value = property.GetValue(Options);
            if (!Equals(value, property.GetValue(usual)))
                Line(text, $"Options.{property.Name}", value);
        }
        return text.ToString();
    }

    static void Line(StringBuilder text, string name, object? value) =>
        text.Append(CultureInfo.InvariantCulture, $"  {name,-28}{Told(value)}\n");

    static object? Told(object? value) => value is IReadOnlyDictionary<BackendId, int> of
        ? string.Join(' ', of.OrderBy(pair => pair.Key).Select(p => $"{p.Key}={p.Value}"))
        : value;
}
