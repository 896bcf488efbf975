namespace Balancer.Rx.Streams;

/// <summary>
/// What has become of all client connections so far, gathered from their facts. Each accepted one
/// is either open or has ended in exactly one way. Per backend and per remote, the routes count
/// (<see cref="IStreamRoutes.Count"/>).
/// </summary>
public sealed class StreamCounters
{
    private readonly long[] _ended = new long[Enum.GetValues<StreamEnd>().Length];

    /// <summary>Connections accepted, refused ones included.</summary>
    public long Accepted { get; private set; }

    /// <summary>Connections to backends begun (X1 conn_start).</summary>
    public long Attempts { get; private set; }

    /// <summary>Connections that a backend did not take (X1 conn_error).</summary>
    public long Refusals { get; private set; }

    /// <summary>Connections that a backend took (X1 tcp).</summary>
    public long Established { get; private set; }

    /// <summary>Bytes read from clients of connections that have ended.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Bytes written to clients of connections that have ended.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Connections that have ended so.</summary>
    public long Ended(StreamEnd end) => _ended[(int)end];

    internal void Note(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.StreamAccepted:
                Accepted++;
                break;
            case BalancerEvent.StreamConnecting:
                Attempts++;
                break;
            case BalancerEvent.StreamRefused:
                Refusals++;
                break;
            case BalancerEvent.StreamEstablished:
                Established++;
                break;
            case BalancerEvent.StreamFinished finished:
                _ended[(int)finished.End]++;
                BytesIn += finished.BytesIn;
                BytesOut += finished.BytesOut;
                break;
        }
    }
}
