using System.Runtime.CompilerServices;

namespace Balancer.Rx.Forwarding;

/// <summary>
/// Who gets in, before any state is made: what cannot be a question stays out
/// (<see cref="DatagramFilter"/>), then who is not allowed (<see cref="AllowList"/>), then who has
/// asked too much (<see cref="RateLimit"/>). Each datagram that stays out is counted by its reason.
/// </summary>
internal sealed class Gate
{
    private const int NoError = 0;

    private readonly DataPlane _plane;
    private readonly Outcomes _outcomes;
    private BalancerOptions _options;
    private bool _strict;
    private bool _asksNoMore;
    private AllowList _allowed;
    private RateLimit? _limit;
    private OwnReplies? _slips;

    /// <summary>A gate by these options; a limit has memory only if there is one.</summary>
    public Gate(DataPlane plane)
    {
        _plane = plane;
        _outcomes = plane.Outcomes;
        _options = plane.Options;
        _strict = _options.FilterDatagrams;
        _allowed = new(_options.Allow);
        Limit();
    }

    /// <summary>By these from now on. Who has asked too much is remembered, unless the limit is
    /// another.</summary>
    public void Settle(BalancerOptions options)
    {
        var isSameLimit = LimitOf(options) == LimitOf(_options);
        _options = options;
        _strict = options.FilterDatagrams;
        _allowed = new(options.Allow);
        if (!isSameLimit)
            _limit = null;
        Limit();
    }

    /// <summary>Whether datagram i of a burst gets in; if not, all is done with it.</summary>
    public bool LetsIn(DatagramBurst burst, int i, long now) =>
        _asksNoMore && DatagramFilter.Passes(burst.Datagrams[i], burst.Payload(i), _strict)
        || LetsInAfterAll(burst, i, now);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool LetsInAfterAll(DatagramBurst burst, int i, long now)
    {
        ref readonly var datagram = ref burst.Datagrams[i];
        if (WhyNot(datagram, burst.Payload(i), now) is not { } reason)
            return true;
        var client = new ClientEndpoint(datagram.Client, datagram.Port);
        if (reason != Outcome.Slipped)
            Drop(client, reason);
        else if (!_slips!.Add(
            burst.Listener, client, datagram.Local, burst.Payload(i), NoError, truncated: true))
        {
            Drop(client, Outcome.RateLimited);
        }
        return false;
    }

    private void Drop(ClientEndpoint client, Outcome reason)
    {
        _outcomes[reason]++;
        _outcomes.Watch?.Ended(client, reason);
    }

    /// <summary>Sends what is to be answered of a burst, and counts it.</summary>
    public void EndOfBurst() => _slips?.Send();

    private Outcome? WhyNot(in Datagram datagram, ReadOnlySpan<byte> payload, long now)
    {
        if (DatagramFilter.WhyNot(datagram, payload, _strict) is { } reason)
            return reason;
        if (!_allowed.Contains(datagram.Client.Value))
            return Outcome.NotAllowed;
        return _limit?.WhyNot(datagram.Client.Value, now);
    }

    private static (int, int, int, int) LimitOf(BalancerOptions options) => (
        options.RateLimit, options.RateBurst, options.RateSlip, options.RateLimitPrefixBits);

    private void Limit()
    {
        _asksNoMore = _options.Allow.Count == 0 && _options.RateLimit == 0;
        if (_options.RateLimit == 0)
            return;
        _limit ??= new(_options);
        if (_options.RateSlip > 0)
            _slips ??= new(_plane, Outcome.Slipped);
    }
}
