// FLIGHT: the queries that wait for an answer, and what became of those that no longer do.
//
// A query has a number, which is never used again, and while it waits a slot, whose index is its
// DNS id. The slot knows from where it was asked: an answer must come to the same address and port.
// Slots are chained in the order of asking, so the oldest is always at hand: giving up costs
// nothing until there is something to give up.
//
// Behind the flight goes a trail, one bit per number: whether it was answered. With the number of
// the oldest that waits it tells what an answer for a query without a slot is: doubled (the bit is
// set), late (not set, and older than all that wait), or wrong (it waits elsewhere, or was never
// asked). The trail is as long as 67 million queries; what is older counts as late.
//
// Everything is allocated at the start. Not promised: threads.

using System.Diagnostics;
using System.Runtime.InteropServices;
using Balancer.Load.Figures;

namespace Balancer.Load.Asking;

/// <summary>A query that waits.</summary>
struct Waiting
{
    /// <summary>Its place in the order of asking; -1: nobody waits here.</summary>
    public long Number;
    public long Sent;
    public long Due;
    /// <summary>Its source address, in network order.</summary>
    public uint Client;
    /// <summary>Which of our sockets it left by.</summary>
    public int Socket;
    internal int Older;
    internal int Newer;
}

/// <summary>All that wait.</summary>
sealed unsafe class Flight : IDisposable
{
    const long Free = -1;
    const int TrailBits = 26;

    readonly Clients _clients;
    readonly int _capacity;
    readonly int* _free;
    // One more than there may be: the ring through all that wait closes there.
    readonly Waiting* _slots;
    readonly ulong* _trail;

    public Flight(int capacity, Clients clients)
    {
        (_capacity, _clients) = (capacity, clients);
        _free = (int*)NativeMemory.Alloc((nuint)capacity, sizeof(int));
        _slots = (Waiting*)NativeMemory.AllocZeroed((nuint)capacity + 1, (nuint)sizeof(Waiting));
        _trail = (ulong*)NativeMemory.AllocZeroed(1 << (TrailBits - 3));
        for (var i = 0; i < capacity; i++)
        {
            _free[i] = capacity - 1 - i;
            _slots[i].Number = Free;
        }
        Room = capacity;
        Ring = new() { Number = Free, Older = capacity, Newer = capacity };
    }

    ref Waiting Ring => ref _slots[_capacity];

    /// <summary>How many more may be asked now.</summary>
    public int Room { get; private set; }

    /// <summary>How many wait.</summary>
    public int Count => _capacity - Room;

    /// <summary>The number that the next query gets: how many there have been.</summary>
    public long Next { get; private set; }

    /// <summary>The id of the one that waits longest; -1 if none does.</summary>
    public int Oldest => Count > 0 ? Ring.Newer : -1;

    /// <summary>The slot of this id.</summary>
    public ref readonly Waiting this[int id]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)_capacity);
            return ref _slots[id];
        }
    }

    /// <summary>Has the next query wait; its id.</summary>
    public int Take(int socket, long sent, long due)
    {
        Debug.Assert(Room > 0, "whoever asks has looked whether there is room");
        var id = _free[--Room];
        ref var slot = ref _slots[id];
        slot = new()
        {
            Number = Next,
            Sent = sent,
            Due = due,
            Client = _clients.Of(Next),
            Socket = socket,
            Older = Ring.Older,
            Newer = _capacity,
        };
        _slots[slot.Older].Newer = id;
        Ring.Older = id;
        // Whoever had this bit has left the trail.
        _trail[WordOf(Next)] &= ~BitOf(Next);
        Next++;
        return id;
    }

    /// <summary>What an answer is that came to this client's socket. If it is the one that was
    /// waited for, the slot is as it was and has to be given back.</summary>
    public Verdict Judge(int id, long number, uint client, int socket)
    {
        if (id < _capacity && _slots[id].Number == number)
        {
            ref var slot = ref _slots[id];
            return slot.Client == client && slot.Socket == socket
                ? Verdict.Answered
                : Verdict.Wrong;
        }
        if (number >= Next || _clients.Of(number) != client)
            return Verdict.Wrong;
        if (number < Next - (1L << TrailBits))
            return Verdict.Late;
        if ((_trail[WordOf(number)] & BitOf(number)) != 0)
            return Verdict.Doubled;
        return Count == 0 || number < _slots[Ring.Newer].Number ? Verdict.Late : Verdict.Wrong;
    }

    /// <summary>Gives a slot back.</summary>
    public void Release(int id, bool answered)
    {
        ref var slot = ref _slots[id];
        Debug.Assert(slot.Number != Free, "a slot is given back once");
        if (answered)
            _trail[WordOf(slot.Number)] |= BitOf(slot.Number);
        _slots[slot.Older].Newer = slot.Newer;
        _slots[slot.Newer].Older = slot.Older;
        slot.Number = Free;
        _free[Room++] = id;
    }

    public void Dispose()
    {
        NativeMemory.Free(_free);
        NativeMemory.Free(_slots);
        NativeMemory.Free(_trail);
    }

    static long WordOf(long number) => (number & ((1L << TrailBits) - 1)) >> 6;

    static ulong BitOf(long number) => 1ul << (int)(number & 63);
}
