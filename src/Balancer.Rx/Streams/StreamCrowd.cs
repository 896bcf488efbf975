using System.Diagnostics;

namespace Balancer.Rx.Streams;

/// <summary>
/// All open connections of a loop in the order in which something last moved on them, the idlest
/// first, and how many each client and each prefix has. Each step costs the same however many
/// there are: the connections are the links of the list themselves.
/// </summary>
internal sealed class StreamCrowd(BalancerOptions options)
{
    private readonly StreamTally _clients = new(
        bits: 32, options.MaxStreamsPerClient, Mixing.OddMultiplier(options.HashSeed, 3));

    private readonly StreamTally _prefixes = new(
        options.StreamPrefixBits, options.MaxStreamsPerPrefix,
        Mixing.OddMultiplier(options.HashSeed, 4));

    private StreamProxy? _busiest;

    /// <summary>How many are open.</summary>
    public int Count { get; private set; }

    /// <summary>The one on which nothing has moved for longest.</summary>
    public StreamProxy? Idlest { get; private set; }

    /// <summary>How many clients and prefixes are counted; none when nothing is open.</summary>
    public int Groups => _clients.Groups + _prefixes.Groups;

    /// <summary>The limit of its own that one more of this client would break, if any.</summary>
    public StreamEnd? LimitOf(ClientAddress client) =>
        !_clients.HasRoomFor(client) ? StreamEnd.TooManyOfClient
        : !_prefixes.HasRoomFor(client) ? StreamEnd.TooManyOfPrefix
        : null;

    /// <summary>A new one; nothing has moved more lately.</summary>
    public void Add(StreamProxy proxy)
    {
        Count++;
        _clients.Add(proxy.Client);
        _prefixes.Add(proxy.Client);
        Append(proxy);
    }

    /// <summary>Something has moved on this one just now.</summary>
    public void Moved(StreamProxy proxy)
    {
        if (proxy == _busiest)
            return;
        Unlink(proxy);
        Append(proxy);
    }

    /// <summary>This one is over.</summary>
    public void Remove(StreamProxy proxy)
    {
        Count--;
        _clients.Remove(proxy.Client);
        _prefixes.Remove(proxy.Client);
        Unlink(proxy);
        Debug.Assert(Count > 0 || (Idlest, _busiest) is (null, null), "an empty list has no ends");
    }

    /// <summary>From the idlest to the busiest; it may not change meanwhile.</summary>
    public IEnumerable<StreamProxy> All()
    {
        for (var proxy = Idlest; proxy is not null; proxy = proxy.Busier)
            yield return proxy;
    }

    private void Append(StreamProxy proxy)
    {
        (proxy.Idler, proxy.Busier) = (_busiest, null);
        if (_busiest is null)
            Idlest = proxy;
        else
            _busiest.Busier = proxy;
        _busiest = proxy;
    }

    private void Unlink(StreamProxy proxy)
    {
        if (proxy.Idler is null)
            Idlest = proxy.Busier;
        else
            proxy.Idler.Busier = proxy.Busier;
        if (proxy.Busier is null)
            _busiest = proxy.Idler;
        else
            proxy.Busier.Idler = proxy.Idler;
    }
}
