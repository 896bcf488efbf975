using Balancer.Rx;
using Balancer.Rx.Recording;

namespace Balancer.VirtualTimeTests.Recordings;

// The last of what came in, in fixed memory.
public class FlightRecorderTests
{
    [Fact]
    public void Whenever_it_is_copied_the_copy_is_replayed_as_it_was_decided()
    {
        var world = new World().With(5301, 5302);
        var flight = Begun(world, bytes: 16 * 1024);
        for (var minute = 0; minute < 20; minute++)
        {
            world.Backend(5301).CloseAll();
            world.AllAsk(world.Clients(minute + 1));
            world.Run(10.Seconds());
            Assert.True(Decisions(flight) > 0);
        }
        Assert.Equal(0, flight.Gaps);
    }

    [Fact]
    public void It_reaches_back_for_half_its_memory_at_the_least_and_all_of_it_at_most()
    {
        var world = new World().With(5301);
        var flight = Begun(world, bytes: 16 * 1024);
        var lengths = new List<int>();
        for (var i = 0; i < 500; i++)
        {
            world.Run(1.Seconds());
            lengths.Add(flight.Copy()!.Part(0).Length);
        }
        Assert.InRange(lengths.Skip(100).Min(), 6 * 1024, 9 * 1024);
        Assert.InRange(lengths.Max(), 13 * 1024, 17 * 1024);
    }

    [Fact]
    public void Without_a_quiet_moment_the_end_is_lost_and_counted_and_it_begins_anew()
    {
        var world = new World().With(5301, 5302);
        var flight = Begun(world, bytes: 8 * 1024);
        // It leaves, and owes an answer for as long as it is asked.
        world.Backend(5301).AnswerAfter = null;
        world.Backend(5302).AnswerAfter = null;
        world.Commands(new BackendCommand.Drain(new(5301)));
        world.Commands(new BackendCommand.Drain(new(5302)));
        for (var i = 0; i < 200; i++)
        {
            world.AllAsk(world.Clients(10 + i % 20));
            world.Run(200.Milliseconds());
        }
        Assert.True(flight.Gaps > 0);
        Assert.NotNull(RecordingFile.Read(File(flight)).Loops[0].Cut);
        Assert.True(Decisions(flight) > 0);

        world.Commands(new BackendCommand.Enable(new(5301)));
        world.Commands(new BackendCommand.Enable(new(5302)));
        world.Run(5.Seconds());
        Assert.Null(RecordingFile.Read(File(flight)).Loops[0].Cut);
        Assert.True(Decisions(flight) > 0);
    }

    [Fact]
    public void A_tape_that_was_cut_anywhere_is_replayed_as_far_as_it_goes()
    {
        var world = new World().With(5301, 5302);
        var tape = Tape.Begin(world.Control)!;
        world.AllAsk(world.Clients(3));
        world.Backend(5301).CloseAll();
        world.Run(2.Seconds());
        var whole = tape.Recording;
        var most = whole.Replay(_ => { }).Decisions;
        var last = 0L;
        for (var length = 0; length <= whole.Tape.Length; length++)
        {
            var cut = whole with { Tape = whole.Tape[..length], Cut = "its reader was too slow" };
            var result = cut.Replay(_ => { });
            Assert.Null(result.Difference);
            Assert.InRange(result.Decisions, last, most);
            last = result.Decisions;
        }
        Assert.Equal(most, last);
    }

    [Fact]
    public void A_checkpoint_that_is_too_large_is_counted_and_tried_again()
    {
        var world = new World().With(5301);
        world.AllAsk(world.Clients(600));
        var flight = Begun(world, bytes: 16 * 1024);
        Assert.Null(flight.Copy());
        Assert.Equal(1, flight.TooLarge);
        world.Run(10.Minutes());
        Assert.True(Decisions(flight) > 0);
    }

    static FlightRecorder Begun(World world, int bytes)
    {
        var flight = new FlightRecorder(world.Control, bytes, world.Scheduler);
        flight.Start();
        world.Run(10.Milliseconds());
        return flight;
    }

    static byte[] File(FlightRecorder flight) =>
        [.. RecordingFile.Head("test", loops: 1), .. flight.Copy()!.Part(0)];

    static long Decisions(FlightRecorder flight)
    {
        var result = RecordingFile.Read(File(flight)).Loops[0].Replay(_ => { });
        Assert.Null(result.Difference);
        return result.Decisions;
    }
}
