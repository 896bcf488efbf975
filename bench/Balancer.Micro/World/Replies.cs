using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Micro;

/// <summary>A way out that takes every answer and counts it.</summary>
internal sealed class Replies : IReplies
{
    private int _waiting;

    void IReplies.Add(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload) =>
        _waiting++;

    ReplyTally IReplies.Flush()
    {
        var sent = _waiting;
        _waiting = 0;
        return new(sent, Failed: 0);
    }
}
