using System.Reactive.Concurrency;

namespace Balancer.Backend;

/// <summary>
/// The limits and the clock of a <see cref="BackendServer"/>. Change some with <c>with</c>; they
/// are checked against each other when the server starts.
/// </summary>
public sealed record BackendServerOptions
{
    /// <summary>
    /// How many connections are held at once: one for each balancer's session, one for each client
    /// on TCP (E2). The newest one above it is closed at once, and counted. Default 1,024.
    /// </summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>
    /// How many queries of one TCP client may wait for their answers; above it that client is not
    /// read. With answers of 64 KiB this many are also what one client can make the server hold.
    /// Default 64.
    /// </summary>
    public int MaxOutstanding { get; init; } = 64;

    /// <summary>
    /// A TCP client without an outstanding query and quiet for this long gets a FIN; if it does not
    /// end as well in as long again, its connection is closed (E6). Looked at once a second.
    /// Default 5 s.
    /// </summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A TCP connection on which a query waits for its answer, or an answer for its reader, is
    /// closed when nothing moves for this long; so is one that never says what it is. Default 30 s.
    /// </summary>
    public TimeSpan AnswerPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long <see cref="BackendServer.DisposeAsync"/> waits for the answers to queries already
    /// taken. Default 5 s.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock of all the above. Default: the system's.</summary>
    public IScheduler Scheduler { get; init; } = DefaultScheduler.Instance;

    internal BackendServerOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOutstanding, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(AnswerPatience, IdleAfter);
        ArgumentOutOfRangeException.ThrowIfLessThan(Grace, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(Scheduler);
        return this;
    }
}
