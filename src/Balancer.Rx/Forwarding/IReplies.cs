namespace Balancer.Rx.Forwarding;

/// <summary>How many answers the kernel took, and how many it refused.</summary>
public readonly record struct ReplyTally(int Sent, int Failed);

/// <summary>The port by which answers leave.</summary>
public interface IReplies
{
    /// <summary>
    /// Adds an answer to the batch of this listener. The payload is not copied: it must lie in
    /// pinned memory and stay as it is until <see cref="Flush"/>. A full batch is sent at once.
    /// </summary>
    /// <param name="listener">The listener that the question came by.</param>
    /// <param name="to">The client.</param>
    /// <param name="from">The address of ours that it asked; 0: the listener's own.</param>
    /// <param name="payload">The answer.</param>
    void Add(byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload);

    /// <summary>
    /// Sends what is left and tells what became of all answers added since the last flush. An
    /// answer that the kernel refuses is a failure of that answer only (W1).
    /// </summary>
    ReplyTally Flush();
}
