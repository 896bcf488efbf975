namespace Balancer.Rx.Forwarding;

/// <summary>A question in flight: 32 bytes, two to a cache line.</summary>
internal struct JournalEntry
{
    /// <summary>Address, port and DNS id.</summary>
    public ulong Key;

    /// <summary>When it was asked, in <see cref="ITicks"/>.</summary>
    public long AskedAt;

    /// <summary>The address of ours that was asked; 0: the listener's own.</summary>
    public uint Local;

    /// <summary>Where its frame begins in the ring of its lane (the low 32 bits).</summary>
    public uint Position;

    /// <summary>The lane that carries it.</summary>
    public ushort Lane;

    /// <summary>
    /// The lane it was taken from and which may still answer; <see cref="NoLane"/>: none.
    /// </summary>
    public ushort Former;

    /// <summary>How many answers are owed; 0: settled.</summary>
    public ushort Owed;

    /// <summary>The listener it came by.</summary>
    public byte Listener;

    /// <summary>Of how many backends it has been asked.</summary>
    public byte Asked;

    /// <summary>It has been asked of a second backend.</summary>
    public readonly bool IsReplayed => Asked > 1;

    /// <summary>For <see cref="Asked"/>: its frame is nowhere to be read again.</summary>
    public const byte Unreadable = byte.MaxValue;

    /// <summary>No lane has this number.</summary>
    public const ushort NoLane = ushort.MaxValue;

    /// <summary>Who asked.</summary>
    public readonly ClientEndpoint Client => new(new((uint)(Key >> 32)), (ushort)(Key >> 16));

    /// <summary>Whether an answer may come by this lane.</summary>
    public readonly bool IsOf(ushort lane) => Lane == lane || Former == lane;
}
