// THE FLIGHT RECORDER: what came in lately, in fixed memory, in case it is wanted.
//
// Two segments, each a checkpoint and the tape since. One is written; when it is nearly full, the
// next quiet moment begins the other one, and what that held is forgotten. So there is always what
// came since the older checkpoint: between half the memory and all of it.
//
// If no quiet moment comes before a segment is full, what comes after is lost until the next such
// moment, which begins anew; until then there is what came before, cut off. Where a checkpoint
// takes more than half a segment, as that of very many remotes may, there is none. Both are
// counted. Not promised: any span of time; four idle backends need some 0.5 KB a second, a flood of
// strangers as much as they are.

using System.Reactive.Concurrency;

namespace Balancer.Rx.Recording;

/// <summary>Keeps the last of one loop's tape, from <see cref="Start"/> on. On the loop only.
/// </summary>
internal sealed class FlightRecorder : ITapeSink
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    private readonly ControlPlane _plane;
    private readonly IScheduler _scheduler;
    private readonly TapeWriter _checkpoint = new();
    private Segment _older;
    private Segment _newer;
    private bool _isWaiting;

    /// <summary>Takes its memory.</summary>
    /// <param name="plane">Whose tape.</param>
    /// <param name="bytes">How much memory.</param>
    /// <param name="scheduler">The loop's.</param>
    public FlightRecorder(ControlPlane plane, int bytes, IScheduler scheduler)
    {
        (_plane, _scheduler) = (plane, scheduler);
        (_older, _newer) = (new(bytes / 2), new(bytes / 2));
    }

    /// <summary>How often the end of a segment was lost.</summary>
    public long Gaps { get; private set; }

    /// <summary>How often a checkpoint was too large.</summary>
    public long TooLarge { get; private set; }

    /// <summary>Begins at the next quiet moment.</summary>
    public void Start()
    {
        _plane.Recorder!.Add(this);
        BeginSegment(TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> entry)
    {
        if (!_newer.IsOpen)
            return;
        var hasRoom = _newer.TryAdd(entry);
        if (!hasRoom)
        {
            // What comes after it would follow from what is lost.
            Gaps++;
            _newer.IsOpen = false;
        }
        if ((!hasRoom || _newer.IsNearlyFull) && !_isWaiting)
            BeginSegment(TimeSpan.Zero);
    }

    /// <summary>What there is now; null: nothing. A copy, and nothing else, is made here.
    /// </summary>
    public FlightCopy? Copy()
    {
        ref var first = ref _older.IsOpen ? ref _older : ref _newer;
        return !first.HasStart ? null : new(
            first.Start.ToArray(),
            _older.IsOpen ? [.. _older.Tape, .. _newer.Tape] : first.Tape.ToArray(),
            IsCut: !_newer.IsOpen);
    }

    private void BeginSegment(TimeSpan after)
    {
        _isWaiting = true;
        _scheduler.Schedule(after, TryBeginSegment);
    }

    private void TryBeginSegment()
    {
        if (_plane.Checkpoint() is not { } start)
        {
            BeginSegment(Soon);
            return;
        }
        _checkpoint.Clear();
        start.Write(_checkpoint);
        if (_checkpoint.Written.Length > _older.Size / 2)
        {
            TooLarge++;
            BeginSegment(Later);
            return;
        }
        (_older, _newer) = (_newer, _older);
        _newer.Begin(_checkpoint.Written);
        _isWaiting = false;
    }

    private struct Segment(int size)
    {
        private readonly byte[] _bytes = new byte[size];
        private int _start;
        private int _length;

        public readonly int Size => _bytes.Length;

        /// <summary>It is written, or was until the next one began: nothing of it is missing.
        /// </summary>
        public bool IsOpen { get; set; }

        public readonly bool HasStart => _start > 0;

        public readonly bool IsNearlyFull => IsOpen && _length > _bytes.Length / 8 * 7;

        public readonly ReadOnlySpan<byte> Start => _bytes.AsSpan(0, _start);

        public readonly ReadOnlySpan<byte> Tape => _bytes.AsSpan(_start.._length);

        public void Begin(ReadOnlySpan<byte> start)
        {
            start.CopyTo(_bytes);
            (_start, _length, IsOpen) = (start.Length, start.Length, true);
        }

        public bool TryAdd(ReadOnlySpan<byte> entry)
        {
            if (entry.Length > _bytes.Length - _length)
                return false;
            entry.CopyTo(_bytes.AsSpan(_length));
            _length += entry.Length;
            return true;
        }
    }
}

/// <summary>What a flight recorder held at a moment; to be put into parts elsewhere.</summary>
/// <param name="Start">The checkpoint.</param>
/// <param name="Tape">The entries since.</param>
/// <param name="IsCut">It had no room for the last of them.</param>
internal sealed record FlightCopy(byte[] Start, byte[] Tape, bool IsCut)
{
    /// <summary>As the parts of a file.</summary>
    public byte[] Part(int loop) =>
    [
        .. RecordingFile.StartPart(loop, Start),
        .. RecordingFile.TapePart(loop, Tape),
        .. RecordingFile.EndPart(loop, Tape.Length, IsCut ? "the memory was full" : null),
    ];
}
