// THE RATE LIMIT: how much one client may ask over UDP, in memory that nobody can make grow.
//
// A client here is a prefix of addresses (RateLimitPrefixBits). It has a bucket of RateBurst tokens
// that gains RateLimit of them a second; a query takes one, and with none left it is over the
// limit. A bucket is one number, the moment at which it will be full again: taking a token puts
// that off by one interval, and a bucket that would be full only after more than a whole burst has
// none left. So it is filled by looking at the clock, and a zeroed table is full buckets.
//
// The buckets are two rows of fixed length, and a client has one in each, by a secret hash.
// Others may share either. A query is over the limit only if both buckets say so: a client that
// shares one with a flooder has the other, and only who shares both is hurt. With 1,000 prefixes
// over the limit that is one innocent in 4,400, with 10,000 one in 50. And a token is taken from a
// bucket only as far as the fuller of the two needs it (the conservative update of Estan and
// Varghese's filters), so there is never more in it than its busiest client has left: nobody gets
// more than the limit by collisions. A flood of forged sources from everywhere costs a bucket at
// most its 65,536th part: of a million queries a second, 15.
//
// Queries over the limit take nothing: a flooder still gets its rate. Every RateSlip-th of them may
// be answered with TC = 1 and nothing else, upon which a real client comes by TCP, where an address
// cannot be forged; the answer is never longer than the query, so it is no use for reflection.
// They are counted per bucket of the first row, so that a patient client's turn comes.
//
// Not promised: one count over several loops (each counts the clients that it is given); a limit on
// TCP; the rate to more than half a percent (intervals are whole 100 ns).

namespace Balancer.Rx.Forwarding;

/// <summary>Token buckets for prefixes of clients, in two rows of fixed length.</summary>
internal sealed class RateLimit
{
    /// <summary>Buckets in a row; a megabyte in all.</summary>
    internal const int Row = 1 << 16;

    private readonly long[] _fullAt = new long[2 * Row];
    private readonly byte[] _over = new byte[Row];
    private readonly int _prefixShift;
    private readonly ulong _secret;
    private readonly long _interval;
    private readonly long _burst;
    private readonly int _slip;

    /// <summary>Full buckets, of checked options.</summary>
    public RateLimit(BalancerOptions options)
    {
        _prefixShift = 32 - options.RateLimitPrefixBits;
        _secret = Mixing.OddMultiplier(options.HashSeed, 3);
        var rate = options.RateLimit;
        _interval = (TimeSpan.TicksPerSecond + rate / 2) / rate;
        _burst = _interval * (options.RateBurst == 0 ? rate : options.RateBurst);
        _slip = options.RateSlip;
    }

    /// <summary>
    /// Takes a token for a query of this client; null: it had one. Else what becomes of the query:
    /// <see cref="Outcome.RateLimited"/>, or <see cref="Outcome.Slipped"/> when it is its turn.
    /// </summary>
    public Outcome? WhyNot(uint address, long now)
    {
        // Neighbours among prefixes must not be neighbours in both rows: hence all bits are mixed.
        var hash = Mixing.Finish((address >> _prefixShift) * _secret);
        var place = (int)(hash & Row - 1);
        ref var one = ref _fullAt[place];
        ref var other = ref _fullAt[Row + (int)(hash >> 32 & Row - 1)];
        one = Within(one, now);
        other = Within(other, now);
        var fullAt = Math.Min(one, other) + _interval;
        if (fullAt - now > _burst)
            return Slips(ref _over[place]) ? Outcome.Slipped : Outcome.RateLimited;
        one = Math.Max(one, fullAt);
        other = Math.Max(other, fullAt);
        return null;
    }

    // A bucket is not more than full; nor less than empty, which only a clock that was set back
    // makes it look: it fills from there, instead of staying empty until the old time returns.
    private long Within(long fullAt, long now) => Math.Clamp(fullAt, now, now + _burst);

    private bool Slips(ref byte over)
    {
        if (_slip == 0 || ++over < _slip)
            return false;
        over = 0;
        return true;
    }
}
