namespace Balancer.Rx.Remotes;

/// <summary>
/// Who was moved lately: the budget of moves, and who is left alone for now. It looks back over the
/// last minute instead of saving up, so the bound holds for every minute, wherever it begins.
/// </summary>
internal sealed class RecentMoves(BalancerOptions options)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Queue<(ClientAddress Client, DateTimeOffset At)> _moves = new();
    private readonly HashSet<ClientAddress> _moved = [];

    /// <summary>Whether this one was left where it is for long enough.</summary>
    public bool MayMove(ClientAddress client) => !_moved.Contains(client);

    private int LooksAMinute => Math.Max(1, (int)(Minute / options.RebalanceEvery));

    /// <summary>How many of so many established remotes may be moved in a minute.</summary>
    public int AMinute(int established) => options.Rebalances
        ? Math.Max(LooksAMinute, (int)(options.RebalanceBudget * established))
        : 0;

    /// <summary>
    /// How many may be moved by the look of this time, of so many established remotes: what is left
    /// of the minute's, and no more than one look's part of it.
    /// </summary>
    public int Budget(int established, DateTimeOffset now)
    {
        while (_moves.TryPeek(out var oldest) && oldest.At <= now - options.RebalanceCoolDown)
            _moved.Remove(_moves.Dequeue().Client);
        if (!options.Rebalances)
            return 0;
        var looks = LooksAMinute;
        var aMinute = AMinute(established);
        var moved = _moves.Count(move => move.At > now - Minute);
        var aLook = (aMinute + looks - 1) / looks;
        return Math.Clamp(aMinute - moved, 0, Math.Min(aLook, options.SweepShare));
    }

    /// <summary>By these from now on.</summary>
    public void Settle(BalancerOptions now) => options = now;

    /// <summary>Nobody was moved.</summary>
    public void Clear()
    {
        _moves.Clear();
        _moved.Clear();
    }

    /// <summary>All that it knows of, the oldest first: a copy.</summary>
    public (ClientAddress Client, DateTimeOffset At)[] InOrder() => [.. _moves];

    /// <summary>
    /// It was moved by order: as if by a look, if it was not moved lately anyway.
    /// </summary>
    public void NoteOrdered(ClientAddress client, DateTimeOffset now)
    {
        if (MayMove(client))
            Note(client, now);
    }

    /// <summary>
    /// It was moved by the look of this time; it must have been free to.
    /// </summary>
    public void Note(ClientAddress client, DateTimeOffset now)
    {
        _moved.Add(client);
        _moves.Enqueue((client, now));
    }
}
