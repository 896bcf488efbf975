namespace Balancer.Rx.Time;

/// <summary>
/// What a timer of the core is for. The numbers are those of recordings: never used anew.
/// </summary>
internal enum TimerKind : byte
{
    // ---- of the control plane: each firing is in a recording

    /// <summary>The first listing of the directory.</summary>
    FirstListing = 1,

    /// <summary>The listing that happens anyway (M2).</summary>
    DirectorySweep = 2,

    /// <summary>After a hint: the end of the time in which more are gathered.</summary>
    HintWindow = 3,

    /// <summary>A session that begins with the next turn.</summary>
    SessionBegin = 4,

    /// <summary>The time that a session's state names: a retry, a hello, a heartbeat, a step of
    /// trust.</summary>
    SessionDeadline = 5,

    /// <summary>When a backend's present silence would be too long.</summary>
    Silence = 6,

    /// <summary>The next probe.</summary>
    Probe = 7,

    /// <summary>When the answer to a probe is late.</summary>
    ProbeAnswer = 8,

    /// <summary>While a backend leaves: the next look at what it owes.</summary>
    LeavingLook = 9,

    /// <summary>While another process waits in its place: the next look at what it owes.
    /// </summary>
    ReplacementLook = 10,

    /// <summary>The next look for idle remotes (M4).</summary>
    Expiry = 11,

    /// <summary>The next share of such a look.</summary>
    ExpiryShare = 12,

    /// <summary>The next look at the spread (M3).</summary>
    SpreadLook = 13,

    /// <summary>The next share of such a look.</summary>
    SpreadShare = 14,

    /// <summary>Until then it is not told again that nothing carries (M20).</summary>
    NoBackendsTold = 15,

    /// <summary>When the time of a client's pin is over.</summary>
    PinEnd = 16,

    /// <summary>A backend has come or gone: the next share of the remotes that belong elsewhere
    /// now.</summary>
    HomeShare = 17,

    // ---- of the data plane: they decide nothing that is told, and are in no recording

    /// <summary>The next look for questions that have expired.</summary>
    Retirement = 128,

    /// <summary>A backend has come: who is parked is sent on its way with the next turn.</summary>
    Release = 129,

    /// <summary>After a backend's death: what it owed is asked again.</summary>
    Calm = 130,

    /// <summary>When the first of those who are parked has waited for too long.</summary>
    LateWait = 131,

    /// <summary>A step of stopping.</summary>
    Stop = 132,
}

/// <summary>What a timer is for, and whose it is.</summary>
/// <param name="Kind">What for.</param>
/// <param name="Owner">
/// What it belongs to, by kind: the number of a backend, the address of a client; 0: to nothing.
/// </param>
internal readonly record struct TimerName(TimerKind Kind, uint Owner = 0)
{
    /// <summary>One of a backend.</summary>
    public TimerName(TimerKind kind, BackendId owner)
        : this(kind, (uint)owner.Value)
    {
    }

    /// <summary>One of a client.</summary>
    public TimerName(TimerKind kind, ClientAddress owner)
        : this(kind, owner.Value)
    {
    }

    /// <summary>The backend it belongs to; null: to none.</summary>
    public BackendId? Backend =>
        Owner == 0 || Kind == TimerKind.PinEnd ? null : new((int)Owner);

    /// <summary>The client it belongs to; null: to none.</summary>
    public ClientAddress? Client => Kind == TimerKind.PinEnd ? new(Owner) : null;

    /// <summary>Whether its firing is in a recording.</summary>
    public bool IsTaped => Kind < TimerKind.Retirement;

    /// <inheritdoc/>
    public override string ToString() =>
        Owner == 0 ? $"{Kind}" : $"{Kind} of {Owner}";
}

/// <summary>A timer that is set.</summary>
/// <param name="Name">What for, and whose.</param>
/// <param name="SetAt">When it was set.</param>
/// <param name="Due">When it fires.</param>
internal readonly record struct PendingTimer(
    TimerName Name, DateTimeOffset SetAt, DateTimeOffset Due);
