using System.Reactive;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Protocol;
using Balancer.Rx.Recording;
using Balancer.Rx.Time;
using Balancer.VirtualTimeTests.Streams;

namespace Balancer.VirtualTimeTests.Recordings;

// What an entry costs while somebody keeps a tape.
[Collection(nameof(AllocationsAlone))]
public class RecorderCostTests
{
    sealed class Counting : ITapeSink
    {
        public long Bytes { get; private set; }

        public void Write(ReadOnlySpan<byte> entry) => Bytes += entry.Length;
    }

    [Fact]
    public void The_entries_of_a_beat_leave_no_garbage_and_are_forty_bytes_at_most()
    {
        var recorder = new Recorder(new IdleScheduler());
        var sink = new Counting();
        recorder.Add(sink);
        var heard = new Signal.Heard(1, FrameType.ServerHeartbeat);
        Timestamped<BalancerEvent> sent = new(new BalancerEvent.HeartbeatSent(new(5301)), default);
        Timestamped<BalancerEvent> answered = new(
            new BalancerEvent.HeartbeatAnswered(new(5301), TimeSpan.FromMicroseconds(300)),
            default);
        Beat();
        // The runtime itself may allocate a little once, when it compiles a loop anew.
        Assert.Contains(0L, Enumerable.Range(0, 5).Select(_ => Thousand()).ToArray());
        Assert.InRange(sink.Bytes / 5_001, 20, 40);

        long Thousand()
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
                Beat();
            return GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        void Beat()
        {
            recorder.Fired(new(TimerKind.SessionDeadline, new BackendId(5301)), 0);
            recorder.Decided(sent);
            recorder.Heard(new(5301), heard);
            recorder.Decided(answered);
        }
    }

    [Fact]
    public void Four_idle_backends_are_less_than_a_kilobyte_a_second()
    {
        var world = new World().With(5301, 5302, 5303, 5304);
        world.Run(10.Seconds());
        var tape = Tape.Begin(world.Control)!;
        world.Run(60.Seconds());
        Assert.InRange(tape.Bytes / 60, 100, 1_024);
        TestContext.Current.TestOutputHelper?.WriteLine($"{tape.Bytes / 60} bytes a second");
    }
}
