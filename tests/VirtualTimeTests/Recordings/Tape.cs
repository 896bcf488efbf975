using Balancer.Rx;
using Balancer.Rx.Recording;

namespace Balancer.VirtualTimeTests.Recordings;

/// <summary>A tape of a simulated balancer.</summary>
sealed class Tape(Checkpoint start, Recorder recorder) : ITapeSink
{
    readonly List<byte> _entries = [];

    /// <summary>Begins one now; null if the balancer is in the middle of something.</summary>
    public static Tape? Begin(ControlPlane control)
    {
        if (control.Checkpoint() is not { } start)
            return null;
        var tape = new Tape(start, control.Recorder!);
        control.Recorder!.Add(tape);
        return tape;
    }

    /// <summary>What has been recorded so far, as it comes back from bytes.</summary>
    public LoopRecording Recording
    {
        get
        {
            var written = new TapeWriter();
            start.Write(written);
            var read = new TapeReader(written.Written.ToArray());
            var recording = new LoopRecording(Checkpoint.Read(read), _entries.ToArray());
            Assert.True(read.IsAtEnd);
            return recording;
        }
    }

    public int Bytes => _entries.Count;

    public void End() => recorder.Remove(this);

    public void Write(ReadOnlySpan<byte> entry) => _entries.AddRange(entry);
}
