namespace Balancer.Rx.Backends;

/// <summary>Where a session stands. Each state carries what it waits for, and until when.</summary>
public abstract record Session
{
    private Session() { }

    /// <summary>When this state ends by itself; null: never.</summary>
    public abstract DateTimeOffset? Due { get; }

    /// <summary>The connection attempt this state belongs to; null: no link is wanted.</summary>
    public virtual int? Attempt => null;

    /// <summary>
    /// No link, until the back-off is over (M9). <paramref name="IsBusy"/>: only until the
    /// backend's listen queue may have room again; what follows is still the same attempt to
    /// whoever reads of it.
    /// </summary>
    public sealed record Waiting(
        int Attempts, int Failures, DateTimeOffset RetryAt, bool IsBusy = false) : Session
    {
        /// <inheritdoc/>
        public override DateTimeOffset? Due => RetryAt;
    }

    /// <summary>No link and no socket file; only the directory can end this (B5).</summary>
    public sealed record Absent(int Attempts) : Session
    {
        /// <inheritdoc/>
        public override DateTimeOffset? Due => null;
    }

    /// <summary>connect() is under way.</summary>
    public sealed record Connecting(int Number, int Failures, DateTimeOffset GiveUpAt) : Session
    {
        /// <inheritdoc/>
        public override DateTimeOffset? Due => GiveUpAt;

        /// <inheritdoc/>
        public override int? Attempt => Number;
    }

    /// <summary>CLIENT_HELLO is sent; SERVER_HELLO is owed (M5).</summary>
    public sealed record Greeting(int Number, int Failures, DateTimeOffset GiveUpAt) : Session
    {
        /// <inheritdoc/>
        public override DateTimeOffset? Due => GiveUpAt;

        /// <inheritdoc/>
        public override int? Attempt => Number;
    }

    /// <summary>
    /// It carries queries. <paramref name="Superseded"/>: its socket file has been replaced, so
    /// another process waits to be connected to when this one ends. <paramref name="RoundTrip"/>
    /// is smoothed over its heartbeats; <paramref name="Fitness"/> is what its probes say.
    /// </summary>
    public sealed record Live(
        int Number, DateTimeOffset Since, bool Superseded, Heart Heart, Trust Trust,
        TimeSpan RoundTrip, Fitness Fitness = default) : Session
    {
        /// <inheritdoc/>
        public override DateTimeOffset? Due =>
            Trust.Due is { } due && due < Heart.Due ? due : Heart.Due;

        /// <inheritdoc/>
        public override int? Attempt => Number;
    }
}

/// <summary>The heartbeat of a live session: one outstanding at a time (F14).</summary>
public abstract record Heart
{
    private Heart() { }

    /// <summary>When the next thing happens: a beat, or the end of patience.</summary>
    public abstract DateTimeOffset Due { get; }

    /// <summary>Answered; the next one goes out then (M6).</summary>
    public sealed record Resting(DateTimeOffset BeatAt) : Heart
    {
        /// <inheritdoc/>
        public override DateTimeOffset Due => BeatAt;
    }

    /// <summary>Sent; the answer is owed until then (M7).</summary>
    public sealed record Owed(DateTimeOffset SentAt, DateTimeOffset LateAt) : Heart
    {
        /// <inheritdoc/>
        public override DateTimeOffset Due => LateAt;
    }
}

/// <summary>How far a live session is trusted with its remotes.</summary>
public abstract record Trust
{
    private Trust() { }

    /// <summary>When it changes by itself; null: never.</summary>
    public virtual DateTimeOffset? Due => null;

    /// <summary>It has all its remotes.</summary>
    public sealed record Full : Trust
    {
        /// <summary>The only one.</summary>
        public static Full It { get; } = new();
    }

    /// <summary>
    /// It is back from a fault: nobody is given back to it before then, so that one that comes and
    /// goes does not take its remotes along each time.
    /// </summary>
    public sealed record HeldDown(DateTimeOffset Since, DateTimeOffset Until) : Trust
    {
        /// <inheritdoc/>
        public override DateTimeOffset? Due => Until;
    }

    /// <summary>Slow start: so many parts of its remotes are back with it (of 16).</summary>
    public sealed record Warming(DateTimeOffset Since, int Parts, DateTimeOffset NextAt) : Trust
    {
        /// <inheritdoc/>
        public override DateTimeOffset? Due => NextAt;
    }

    /// <summary>
    /// It owes an answer and is silent: others serve its remotes until it is heard again.
    /// </summary>
    public sealed record Suspect(DateTimeOffset Since) : Trust;
}
