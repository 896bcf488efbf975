// PARKING: questions for which nobody is there now.
//
// Those that a dead backend owed come here, too, for a moment: processes that are killed together
// do not die at the same instant, and a question is asked again only once.
//
// All backends gone for a moment, as when a supervisor restarts them together, need not lose a
// question: it waits, for at most ParkPatience and among at most MaxParked of MaxParkedBytes, and
// goes out as soon as anybody can carry it. Who waits longer, or comes when it is full, gets what
// is told when nothing is there (WhenEmpty). Parked questions count as in flight.
//
// The copies are garbage afterwards: this is the one place where a datagram costs an allocation,
// at most MaxParked within ParkPatience. Not promised: order among clients; that the answer is
// still wanted.

namespace Balancer.Rx.Forwarding;

/// <summary>The questions that wait for a backend.</summary>
internal sealed class Parking(BalancerOptions options)
{
    private readonly Queue<Parked> _queue = new();
    private int _bytes;

    /// <summary>Called when a question waits and none did: with the time until which.</summary>
    public event Action<DateTimeOffset>? Awaited;

    /// <summary>Called when a dead backend's questions have been parked.</summary>
    public event Action? Orphaned;

    /// <summary>How many answers those who wait are owed.</summary>
    public int Owed { get; private set; }

    /// <summary>How many questions wait.</summary>
    public int Count => _queue.Count;

    /// <summary>How many have waited so far.</summary>
    public long Total { get; private set; }

    /// <summary>Parks a question; false if it is full, or nothing is parked.</summary>
    public bool TryAdd(in JournalEntry question, ReadOnlySpan<byte> payload, long now)
    {
        if (options.ParkPatience == TimeSpan.Zero || _queue.Count >= options.MaxParked
            || _bytes + payload.Length > options.MaxParkedBytes)
        {
            return false;
        }
        var until = now + options.ParkPatience.Ticks;
        _queue.Enqueue(new(question, payload.ToArray(), until));
        _bytes += payload.Length;
        Owed += question.Owed;
        Total++;
        if (_queue.Count == 1)
            Awaited?.Invoke(new(until, TimeSpan.Zero));
        return true;
    }

    /// <summary>All that a dead backend owed is here.</summary>
    public void TellOfOrphans() => Orphaned?.Invoke();

    /// <summary>Takes the one that has waited longest; false if none waits.</summary>
    public bool TryTake(out Parked parked)
    {
        if (!_queue.TryDequeue(out parked))
            return false;
        _bytes -= parked.Payload.Length;
        Owed -= parked.Question.Owed;
        return true;
    }

    /// <summary>Takes the one that has waited longest, if its time is over by now.</summary>
    public bool TryTakeLate(long now, out Parked parked)
    {
        parked = default;
        return _queue.TryPeek(out var first) && first.Until <= now && TryTake(out parked);
    }

    /// <summary>Tells until when the first of those who wait may, if any do.</summary>
    public void Await()
    {
        if (_queue.TryPeek(out var first))
            Awaited?.Invoke(new(first.Until, TimeSpan.Zero));
    }
}

/// <summary>A question that waits.</summary>
/// <param name="Question">Who asked, when, and what is owed.</param>
/// <param name="Payload">The datagram.</param>
/// <param name="Until">Its patience, in <see cref="ITicks"/>.</param>
internal readonly record struct Parked(JournalEntry Question, byte[] Payload, long Until);
