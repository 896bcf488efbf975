namespace Balancer.Rx.Forwarding;

/// <summary>
/// Answers of our own on their way out, all for one outcome. They lie in pinned memory of ours
/// until they are sent, in a batch apart from the backends' answers, so that each is counted as
/// what it is. Whoever adds some sends them before anybody else adds answers.
/// </summary>
internal sealed class OwnReplies(DataPlane plane, Outcome outcome)
{
    private const int Capacity = DatagramBurst.Capacity;

    private readonly byte[] _answers =
        GC.AllocateArray<byte>(Capacity * OwnAnswer.MaxBytes, pinned: true);

    private int _count;

    /// <summary>
    /// Adds the answer to a query; false if it cannot have one
    /// (<see cref="OwnAnswer.Write"/>). Sends what is there first if there is no room. Counted when
    /// it is sent.
    /// </summary>
    /// <param name="listener">The listener that the query came by.</param>
    /// <param name="to">Who asked.</param>
    /// <param name="from">The address of ours that was asked; 0: the listener's own.</param>
    /// <param name="query">The query's bytes.</param>
    /// <param name="rcode">RCODE, 0 to 15.</param>
    /// <param name="truncated">Whether the client shall come again by TCP.</param>
    public bool Add(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> query, int rcode,
        bool truncated)
    {
        if (_count == Capacity)
            Send();
        var place = _answers.AsSpan(_count * OwnAnswer.MaxBytes, OwnAnswer.MaxBytes);
        var length = OwnAnswer.Write(place, query, rcode, truncated);
        if (length == 0)
            return false;
        // What others have added so far is theirs.
        if (_count++ == 0)
            plane.SendReplies();
        plane.Replies.Add(listener, to, from, place[..length]);
        plane.Outcomes.Watch?.Ended(to, outcome);
        return true;
    }

    /// <summary>Sends what was added, and counts it.</summary>
    public void Send()
    {
        if (_count == 0)
            return;
        _count = 0;
        var tally = plane.Replies.Flush();
        plane.Outcomes[outcome] += tally.Sent;
        plane.NotSent(tally.Failed);
    }
}
