using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Sockets;

/// <summary>The way out for answers: a batch per listener, sent by sendmmsg.</summary>
sealed class UdpReplies(IReadOnlyList<UdpListener> listeners) : IReplies, IDisposable
{
    readonly ReplyBatch[] _batches = [.. listeners.Select(listener => new ReplyBatch(listener))];

    public void Add(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload) =>
        _batches[listener].Add(to, from, payload);

    public ReplyTally Flush()
    {
        var total = default(ReplyTally);
        foreach (var batch in _batches)
        {
            var tally = batch.Flush();
            total = new(total.Sent + tally.Sent, total.Failed + tally.Failed);
        }
        return total;
    }

    public void Dispose()
    {
        foreach (var batch in _batches)
            batch.Dispose();
    }
}
