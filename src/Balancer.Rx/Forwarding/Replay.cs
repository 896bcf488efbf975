// REPLAY: what a backend owes when it dies or hangs, asked of another.
//
// A frame stays in its backend's ring until it is answered or too old (BackendRing.cs), so its
// questions can be asked once more, of whoever serves the client then. Only once, so that a
// question that kills its backend does not go round and kill them all (twice, if nobody is left
// after the second); only opcode QUERY, since an UPDATE or NOTIFY that was carried out before the
// end must not be carried out twice; only while it is younger than ReplayAge, since nobody waits
// longer. What a dead backend had answered before it died has been read by then.
//
// Those of the dead are parked for ReplayPause first (Parking.cs says why); where that has no room
// they go at once. Those of the suspect go at once, or stay where they are if nobody can take them.
//
// A suspect may yet answer. So a question taken from it is owed by both, and settled by whoever is
// first; if the second dies, too, it is the suspect's again. Not promised: that a question is
// carried out once by the backends; a query may be, by two.

namespace Balancer.Rx.Forwarding;

/// <summary>Moves questions from one lane to another.</summary>
internal sealed class Replay(DataPlane plane)
{
    private readonly byte[] _payload = new byte[Protocol.FrameSize.MaxDatagram];
    private readonly List<BackendLane> _written = [];

    /// <summary>The lane's link is gone: what it owed goes elsewhere, or is lost.</summary>
    public void OfDead(BackendLane lane)
    {
        var index = (ushort)lane.Index;
        for (var at = plane.Journal.NextOf(index, 0); at >= 0;
            at = plane.Journal.NextOf(index, at + 1))
        {
            ref var question = ref plane.Journal.At(at);
            if (question.Former != JournalEntry.NoLane)
                LeaveTo(ref question, question.Former == index ? question.Lane : question.Former);
            else if (!MayAskAgain(question, index) || !CanRead(question, lane, out var payload)
                || !TryPark(at, payload)
                && !TryMove(ref question, payload, index, JournalEntry.NoLane))
                plane.Journal.End(at, Outcome.Lost);
        }
        Flush();
        if (plane.Parking.Count > 0)
            plane.Parking.TellOfOrphans();
    }

    /// <summary>The lane is silent: what it owes is asked of others, too.</summary>
    public void OfSuspect(BackendLane lane)
    {
        var index = (ushort)lane.Index;
        for (var at = plane.Journal.NextOf(index, 0); at >= 0;
            at = plane.Journal.NextOf(index, at + 1))
        {
            ref var question = ref plane.Journal.At(at);
            if (question.Lane == index && !question.IsReplayed
                && CanRead(question, lane, out var payload))
                TryMove(ref question, payload, index, former: index);
        }
        Flush();
    }

    // One of the two that owed it is gone. Where its frame lay in the ring of the first is not
    // known any more.
    private static void LeaveTo(ref JournalEntry question, ushort lane)
    {
        if (question.Lane != lane)
            question.Asked = JournalEntry.Unreadable;
        (question.Lane, question.Former) = (lane, JournalEntry.NoLane);
    }

    private bool MayAskAgain(in JournalEntry question, ushort dead) => question.Asked < 2
        || question.Asked == 2 && Heir(question.Client.Address.Value, dead) < 0;

    // Who serves the client when this one is gone; rather one that is distrusted or leaves than
    // nobody, as the routes will say in a moment.
    private int Heir(uint client, ushort dead)
    {
        var index = plane.Routes.LaneOf(client, except: dead);
        return index >= 0 ? index : plane.Routes.AnyLane(client, except: dead);
    }

    private bool CanRead(
        in JournalEntry question, BackendLane lane, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!plane.Replays || question.Asked == JournalEntry.Unreadable
            || plane.Clock.UtcTicks - question.AskedAt >= plane.Options.ReplayAge.Ticks
            || !lane.TryRead(question.Position, _payload, out var length)
            || !IsQuery(_payload.AsSpan(0, length)))
        {
            return false;
        }
        payload = _payload.AsSpan(0, length);
        return true;
    }

    // RFC 1035 4.1.1: the opcode is in bits 3 to 6 of the third byte; 0 is QUERY.
    private static bool IsQuery(ReadOnlySpan<byte> message) =>
        message.Length >= 12 && (message[2] & 0x78) == 0;

    private bool TryMove(
        ref JournalEntry question, ReadOnlySpan<byte> payload, ushort from, ushort former)
    {
        var client = question.Client;
        var index = former == JournalEntry.NoLane
            ? Heir(client.Address.Value, from)
            : plane.Routes.LaneOf(client.Address.Value, except: from);
        if (index < 0 || !plane.Lane(index).TryForward(client, payload, out var position))
            return false;
        var lane = plane.Lane(index);
        lane.Repeat(client, payload, question.Owed - 1);
        plane.Outcomes.Watch?.Passes(DatagramStep.Replayed, question, plane.Lane(from).Id);
        question.Lane = (ushort)index;
        question.Former = former;
        question.Position = position;
        question.Asked++;
        plane.Outcomes.Replayed += question.Owed;
        lane.FlushWith(_written, plane.Clock.UtcTicks);
        return true;
    }

    private bool TryPark(long at, ReadOnlySpan<byte> payload)
    {
        var question = plane.Journal.At(at);
        question.Asked++;
        if (!plane.Parking.TryAdd(question, payload, plane.Clock.UtcTicks))
            return false;
        plane.Outcomes.Replayed += question.Owed;
        plane.Outcomes.Watch?.Passes(
            DatagramStep.Replayed, question, plane.Lane(question.Lane).Id);
        plane.Journal.Take(at);
        return true;
    }

    private void Flush()
    {
        foreach (var lane in _written)
            lane.Flush();
        _written.Clear();
        plane.Outcomes.Watch?.EndOfBurst();
    }
}
