namespace Balancer.Rx;

/// <summary>How a client's TCP connection ended.</summary>
public enum StreamEnd
{
    /// <summary>Both sides closed in order.</summary>
    Finished,

    /// <summary>No backend could take it.</summary>
    NoBackend,

    /// <summary>
    /// More connections than allowed, and none was idle: <see cref="BalancerOptions.MaxStreams"/>.
    /// </summary>
    TooMany,

    /// <summary>
    /// More from its address than allowed: <see cref="BalancerOptions.MaxStreamsPerClient"/>.
    /// </summary>
    TooManyOfClient,

    /// <summary>
    /// More from its prefix than allowed: <see cref="BalancerOptions.MaxStreamsPerPrefix"/>.
    /// </summary>
    TooManyOfPrefix,

    /// <summary>The idlest of too many: it gave way to a newer one.</summary>
    GaveWay,

    /// <summary>The client broke it.</summary>
    ClientError,

    /// <summary>
    /// The backend broke it, or answered with something else than INBOUND_TCP_OK.
    /// </summary>
    BackendError,

    /// <summary>The client had nothing to say after it connected.</summary>
    FirstByteLate,

    /// <summary>Nothing moved for too long.</summary>
    Idle,

    /// <summary>It has lasted as long as a connection may.</summary>
    LifetimeOver,

    /// <summary>The balancer is stopping.</summary>
    Stopping,

    /// <summary>The client is outside <see cref="BalancerOptions.Allow"/>.</summary>
    NotAllowed,
}
