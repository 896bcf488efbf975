namespace Balancer.Backend;

/// <summary>Where something went wrong.</summary>
public enum BackendErrorKind
{
    /// <summary>A subscriber of <see cref="BackendServer.Queries"/> threw; the query is
    /// declined.</summary>
    Handler,

    /// <summary>A frame that cannot be read; it cost its connection (E8).</summary>
    BrokenFrame,

    /// <summary>A connection failed in another way than by its peer's going away.</summary>
    Connection,

    /// <summary>A new connection could not be taken; the server tries again in a moment.</summary>
    Accept,
}

/// <summary>Something that went wrong and did not end the server.</summary>
/// <param name="Kind">Where.</param>
/// <param name="Detail">What, in a line.</param>
/// <param name="Cause">The exception, if there was one.</param>
public sealed record BackendError(BackendErrorKind Kind, string Detail, Exception? Cause = null);
