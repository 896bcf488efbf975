namespace Balancer.Rx.Backends;

/// <summary>What became of a send.</summary>
/// <param name="Bytes">How many bytes the socket took, from the front.</param>
/// <param name="Blocked">It takes no more now; <see cref="LinkEventKind.Writable"/> will
/// come.</param>
public readonly record struct LinkSend(int Bytes, bool Blocked);

/// <summary>
/// A connected stream to a backend. Used on the core's scheduler only. Never throws: a broken link
/// takes nothing more and says so by an event.
/// </summary>
public interface IBackendLink
{
    /// <summary>What has been read and not consumed. Pinned; valid until the next read.</summary>
    ReadOnlySpan<byte> Received { get; }

    /// <summary>Takes this many bytes off the front of <see cref="Received"/>.</summary>
    void Consume(int count);

    /// <summary>
    /// Sends first, then second (the two parts of a ring that wraps), in one system call.
    /// </summary>
    LinkSend Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);
}

/// <summary>What can be heard of a link.</summary>
public enum LinkEventKind
{
    /// <summary>Connected; <see cref="LinkEvent.Link"/> can be used from now on.</summary>
    Connected,

    /// <summary>One read has brought bytes: look at <see cref="IBackendLink.Received"/>.</summary>
    Received,

    /// <summary>After a blocked send: there is room again.</summary>
    Writable,

    /// <summary>There is no such file (ENOENT).</summary>
    NotThere,

    /// <summary>The backend's listen queue is full (EAGAIN): no fault, try again soon.</summary>
    Busy,

    /// <summary>connect() failed otherwise.</summary>
    Refused,

    /// <summary>The backend closed; all it had sent has been delivered before.</summary>
    Closed,

    /// <summary>The socket broke; all it had sent has been delivered before.</summary>
    Broken,

    /// <summary>
    /// Connected, but to a process of a user who is not among
    /// <see cref="BalancerOptions.BackendOwners"/>: nothing was said to it.
    /// </summary>
    NotAllowed,
}

/// <summary>Something heard of a link.</summary>
/// <param name="Kind">What.</param>
/// <param name="Link">The link, from <see cref="LinkEventKind.Connected"/> on.</param>
/// <param name="Error">What went wrong, for people.</param>
public readonly record struct LinkEvent(
    LinkEventKind Kind, IBackendLink? Link = null, string Error = "");

/// <summary>The port to the backends' sockets.</summary>
public interface IBackendLinks
{
    /// <summary>
    /// Subscribing connects to the socket at this path, disposing aborts. Events come on the core's
    /// scheduler, one <see cref="LinkEventKind.Received"/> per read, and never from within
    /// Subscribe or <see cref="IBackendLink.Send"/>. Never errs; ends after the last event of a
    /// link that is over.
    /// </summary>
    IObservable<LinkEvent> Open(string path);
}
