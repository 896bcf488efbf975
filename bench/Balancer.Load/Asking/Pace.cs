namespace Balancer.Load.Asking;

/// <summary>
/// When queries are due. In the open loop the n-th is due n steps after the start, whatever the
/// server does. In the closed loop each is due when there is room for it. Holding queries back till
/// they made whole trains was tried: it cost more CPU per query, and fewer were answered.
/// </summary>
sealed class Pace
{
    readonly long _start;
    readonly double _step;

    public Pace(LoadOptions options, long start)
    {
        _start = start;
        _step = options.Rate is { } rate ? (double)Clock.Second / rate : 0;
    }

    /// <summary>Whether the server sets the pace.</summary>
    public bool IsClosed => _step == 0;

    /// <summary>When this query is due, if it is sent now.</summary>
    public long Due(long number, long now) => IsClosed ? now : _start + (long)(number * _step);

    /// <summary>How many to send now, if there is room for so many and so many are left.</summary>
    public int Ready(long next, int room, long left, long now)
    {
        var count = Math.Min(room, left);
        if (IsClosed)
            return (int)count;
        var due = (long)((now - _start) / _step) + 1;
        return (int)Math.Clamp(due - next, 0, count);
    }
}
