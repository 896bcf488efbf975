// THE JOURNAL: who waits for an answer, from which backend, since when.
//
// An entry per question in flight, in order of asking, and an index by (client address, port, DNS
// id). From it come: answers only to those who asked; the address of ours to answer from; latency;
// the bound on work in flight; one outcome for every datagram; and where in its backend's ring the
// question still lies, should it have to be asked of another (Replay.cs). The same key asked again
// of the same backend while unanswered is a retransmission: the entry owes one answer more. One
// that comes late is an entry of its own, since it is younger.
//
// A question that has moved may be answered by either backend; whoever is first settles it, and
// what the other says later matches nothing.
//
// Entries live in a circle: the oldest leaves when it is answered, expired, or displaced by a new
// one. The index is open addressing with backward-shift deletion. Both begin small, so that what a
// calm day needs stays in the processor's nearest cache, and double up to their bound when more is
// in flight than ever before; else nothing is allocated. Not promised: an answer's match by
// anything but the key (the wire carries no id).

using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Balancer.Rx.Forwarding;

/// <summary>The journal of one loop.</summary>
public sealed class Journal
{
    private const int FirstEntries = 1_024;

    private readonly int _maxEntries;
    private readonly ulong _multiplier;
    private readonly long _patience;
    private readonly long _retransmission;
    private readonly Outcomes _outcomes;
    private JournalEntry[] _entries;
    private int[] _index;
    private int _shift;
    private long _oldest;
    private long _next;

    /// <summary>An empty journal, to grow up to the options' size.</summary>
    public Journal(BalancerOptions options, Outcomes outcomes)
        : this(options, outcomes, FirstEntries)
    {
    }

    internal Journal(BalancerOptions options, Outcomes outcomes, int firstEntries)
    {
        _maxEntries = options.JournalEntries;
        Allot(Math.Min(firstEntries, _maxEntries));
        _multiplier = Mixing.OddMultiplier(options.HashSeed, 2);
        _patience = options.AnswerPatience.Ticks;
        _retransmission = options.ReplayAge.Ticks / 2;
        _outcomes = outcomes;
    }

    /// <summary>How many answers are owed.</summary>
    public int InFlight { get; private set; }

    /// <summary>The key of a datagram; a DNS id that is not there counts as 0.</summary>
    internal static ulong KeyOf(uint address, uint port, ReadOnlySpan<byte> message) =>
        (ulong)address << 32 | port << 16
        | (message.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(message) : 0u);

    /// <summary>Notes a question. When full, the oldest gives way.</summary>
    internal void Ask(in JournalEntry question)
    {
        Debug.Assert(question.Owed > 0, "a question wants an answer");
        InFlight += question.Owed;
        var at = Home(question.Key);
        for (; _index[at] != 0; at = Following(at))
        {
            ref var known = ref EntryOf(_index[at]);
            if (known.Key != question.Key || !IsAgain(known, question))
                continue;
            known.Owed += question.Owed;
            known.Position = question.Position;
            return;
        }

        if (_next - _oldest == _entries.Length)
        {
            MakeRoom();
            at = FreeFor(question.Key);
        }
        _index[at] = Handle(_next);
        _entries[_next & _entries.Length - 1] = question;
        _next++;
    }

    /// <summary>Takes one owed answer off; false if nobody asked this lane.</summary>
    internal bool TryAnswer(ulong key, ushort lane, out JournalEntry question)
    {
        for (var at = Home(key); _index[at] != 0; at = Following(at))
        {
            ref var entry = ref EntryOf(_index[at]);
            if (entry.Key != key || !entry.IsOf(lane))
                continue;
            question = entry;
            InFlight--;
            if (--entry.Owed == 0)
                Unindex(at);
            return true;
        }
        question = default;
        return false;
    }

    /// <summary>How many answers this lane owes: a walk over all that is in flight.</summary>
    internal int OwedBy(ushort lane)
    {
        var owed = 0;
        for (var i = _oldest; i < _next; i++)
        {
            ref readonly var entry = ref At(i);
            owed += entry.Lane == lane ? entry.Owed : 0;
        }
        return owed;
    }

    /// <summary>
    /// The place of the next question at or behind this one that is owed and concerns this lane;
    /// -1: there is none. Places stay good while nothing is asked.
    /// </summary>
    internal long NextOf(ushort lane, long from)
    {
        for (var i = Math.Max(from, _oldest); i < _next; i++)
        {
            ref readonly var entry = ref At(i);
            if (entry.Owed > 0 && entry.IsOf(lane))
                return i;
        }
        return -1;
    }

    /// <summary>The question at a place that <see cref="NextOf"/> gave.</summary>
    internal ref JournalEntry At(long place) => ref _entries[place & _entries.Length - 1];

    /// <summary>Takes the question at this place out, for somebody who keeps it.</summary>
    internal JournalEntry Take(long place)
    {
        ref var entry = ref At(place);
        var taken = entry;
        InFlight -= entry.Owed;
        Settle(ref entry, Handle(place));
        return taken;
    }

    /// <summary>Ends the question at this place, with this outcome.</summary>
    internal void End(long place, Outcome outcome) =>
        End(ref At(place), Handle(place), outcome);

    /// <summary>Lets go of what is settled, and of what has waited too long.</summary>
    internal void Retire(long now)
    {
        while (_oldest < _next)
        {
            ref var entry = ref _entries[_oldest & _entries.Length - 1];
            if (entry.Owed > 0 && now - entry.AskedAt < _patience)
                return;
            RetireOldest(Outcome.Expired);
        }
        // Nothing in flight: the circle begins anew, at places that are still in the cache.
        _oldest = _next = 0;
    }

    // The same backend is asked the same again; not so late that it were younger for the clock.
    private bool IsAgain(in JournalEntry known, in JournalEntry question) =>
        known.Lane == question.Lane
        && known.Local == question.Local && known.Listener == question.Listener
        && known.Owed <= ushort.MaxValue - question.Owed
        && question.AskedAt - known.AskedAt < _retransmission
        && known.Asked == question.Asked;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRoom()
    {
        if (_entries.Length == _maxEntries)
            RetireOldest(Outcome.Displaced);
        else
            Grow();
    }

    private void Grow()
    {
        var old = _entries;
        Allot(old.Length * 2);
        for (var i = _oldest; i < _next; i++)
        {
            ref var entry = ref _entries[i & _entries.Length - 1];
            entry = old[i & old.Length - 1];
            if (entry.Owed > 0)
                _index[FreeFor(entry.Key)] = Handle(i);
        }
    }

    [MemberNotNull(nameof(_entries), nameof(_index))]
    private void Allot(int entries)
    {
        _entries = new JournalEntry[entries];
        _index = new int[entries * 2];
        _shift = 64 - BitOperations.Log2((uint)_index.Length);
    }

    private void RetireOldest(Outcome outcome)
    {
        ref var entry = ref _entries[_oldest & _entries.Length - 1];
        if (entry.Owed > 0)
            End(ref entry, Handle(_oldest), outcome);
        _oldest++;
    }

    private void End(ref JournalEntry entry, int handle, Outcome outcome)
    {
        _outcomes[outcome] += entry.Owed;
        _outcomes.Watch?.Ended(entry, outcome);
        InFlight -= entry.Owed;
        Settle(ref entry, handle);
    }

    private void Settle(ref JournalEntry entry, int handle)
    {
        entry.Owed = 0;
        var at = Home(entry.Key);
        while (_index[at] != handle)
        {
            Debug.Assert(_index[at] != 0, "what is owed is indexed");
            at = Following(at);
        }
        Unindex(at);
    }

    private void Unindex(int hole)
    {
        var mask = _index.Length - 1;
        for (var i = Following(hole); _index[i] != 0; i = Following(i))
        {
            // An entry may fill the hole unless its home lies behind the hole.
            if ((i - Home(EntryOf(_index[i]).Key) & mask) < (i - hole & mask))
                continue;
            _index[hole] = _index[i];
            hole = i;
        }
        _index[hole] = 0;
    }

    private int FreeFor(ulong key)
    {
        var at = Home(key);
        while (_index[at] != 0)
            at = Following(at);
        return at;
    }

    private int Home(ulong key) => (int)(key * _multiplier >> _shift);

    private int Following(int at) => at + 1 & _index.Length - 1;

    // 0 says empty, so handles are one more than the place in the circle.
    private int Handle(long number) => (int)(number & _entries.Length - 1) + 1;

    private ref JournalEntry EntryOf(int handle) => ref _entries[handle - 1];
}
