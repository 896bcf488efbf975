using System.Reactive.Concurrency;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

public sealed class SourceTests : IDisposable
{
    readonly TestLoop _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_source_hears_what_its_descriptor_is_ready_for()
    {
        var (near, far) = _test.Scratch.StreamPair();
        var heard = new List<EpollEvents>();
        _test.Add(near, EpollEvents.In | EpollEvents.ReadHangUp, events =>
        {
            heard.Add(events);
            if (!events.HasFlag(EpollEvents.HangUp))
            {
                LibC.Recv(near, new byte[8]);
                _test.Scratch.Close(far);
            }
            else _test.Loop.Stop();
        });
        _test.Run(() => LibC.Send(far, "x"u8));
        const EpollEvents end = EpollEvents.In | EpollEvents.ReadHangUp | EpollEvents.HangUp;
        Assert.Equal([EpollEvents.In, end], heard);
    }

    [Fact]
    public void A_source_closed_earlier_in_the_batch_is_not_served()
    {
        var served = new List<int>();
        var sources = TwoReady(i => served.Add(i), (rival, _) => rival.Dispose());
        // Whichever was first has closed the other, and was served again in the turns after.
        _test.RunTurns(2, () => { });
        Assert.Equal(3, served.Count);
        Assert.Single(served.Distinct());
        Assert.Equal(1, _test.Loop.SourceCount);
        Array.ForEach(sources, s => s.Dispose());
        Assert.Equal(0, _test.Loop.SourceCount);
    }

    [Fact]
    public void A_newcomer_with_the_number_of_a_closed_descriptor_does_not_get_its_event()
    {
        var served = new List<int>();
        TwoReady(i => served.Add(i), (rival, fd) =>
        {
            rival.Dispose();
            _test.Scratch.ReplaceByEventFd(fd);
            _test.Add(fd, EpollEvents.In, _ => Assert.Fail("the event was its predecessor's"));
            Assert.Equal(2, _test.Loop.SourceCount);
        });
        _test.RunTurns(2, () => { });
        Assert.Single(served.Distinct());
    }

    /// <summary>Two sources ready in the same batch; the first to be served does something to the
    /// other, once.</summary>
    LoopRegistration[] TwoReady(Action<int> served, Action<LoopRegistration, int> toTheOther)
    {
        int[] fds = [_test.Scratch.RungEventFd(), _test.Scratch.RungEventFd()];
        var sources = new LoopRegistration[2];
        var done = false;
        for (var i = 0; i < 2; i++)
        {
            var (self, rival) = (i, 1 - i);
            sources[i] = _test.Add(fds[i], EpollEvents.In, _ =>
            {
                served(self);
                if (!done) toTheOther(sources[rival], fds[rival]);
                done = true;
            });
        }
        return sources;
    }

    [Fact]
    public void What_a_source_no_longer_wants_it_does_not_hear()
    {
        var served = 0;
        LoopRegistration? registration = null;
        registration = _test.Add(_test.Scratch.EventFd(), EpollEvents.Out, _ =>
        {
            if (++served == 3) registration!.Want(EpollEvents.In);
        });
        _test.RunTurns(10, () => { });
        Assert.Equal(3, served);
        Assert.Equal(EpollEvents.In, registration.Interest);
    }

    [Fact]
    public void What_was_gathered_before_the_interest_was_dropped_is_dropped_too()
    {
        var served = new List<int>();
        TwoReady(i => served.Add(i), (rival, _) => rival.Want(EpollEvents.Out));
        _test.RunTurns(0, () => { });
        Assert.Single(served);
    }

    [Fact]
    public void More_sources_than_a_turn_serves_are_all_served()
    {
        const int many = EventLoop.EventsPerTurn * 2 + 1;
        var served = new HashSet<int>();
        for (var i = 0; i < many; i++)
        {
            var fd = _test.Scratch.RungEventFd();
            _test.Add(fd, EpollEvents.In, _ =>
            {
                LibC.EventFdTake(fd);
                Assert.True(served.Add(fd));
                if (served.Count == many) _test.Loop.Stop();
            });
        }
        _test.Run(() => { });
    }

    [Fact]
    public void Work_that_schedules_itself_for_ever_does_not_starve_a_source()
    {
        _test.Add(_test.Scratch.RungEventFd(), EpollEvents.In, _ => _test.Loop.Stop());
        _test.Run(Forever);

        void Forever() => _test.Loop.Schedule(Forever);
    }

    [Fact]
    public void A_source_that_throws_is_reported_and_the_others_are_served()
    {
        var bug = new InvalidOperationException("a bug");
        LoopRegistration? bad = null;
        bad = _test.Add(_test.Scratch.RungEventFd(), EpollEvents.In, _ =>
        {
            bad!.Dispose();
            throw bug;
        });
        var served = false;
        _test.Add(_test.Scratch.RungEventFd(), EpollEvents.In, _ => served = true);
        _test.StopAfter(2);
        _test.RunUntilStopped();
        Assert.Equal([bug], _test.Failures);
        Assert.True(served);
    }

    [Fact]
    public void A_descriptor_that_cannot_be_waited_for_is_refused_and_takes_no_place()
    {
        File.WriteAllText(_test.Scratch.PathOf("file"), "");
        using var file = File.OpenHandle(_test.Scratch.PathOf("file"));
        var fd = (int)file.DangerousGetHandle();
        var source = new Deaf();
        var refused = _test.Loop.TryAdd(fd, EpollEvents.In, source, out var registration);
        Assert.True(refused.Is(Errno.EPERM));
        Assert.Null(registration);
        Assert.Throws<SysException>(() => _test.Loop.Add(fd, EpollEvents.In, source));
        Assert.Equal(0, _test.Loop.SourceCount);
    }

    [Fact]
    public void Sources_belong_to_the_loops_own_thread() => _test.RunTurns(0, () =>
    {
        var fd = _test.Scratch.EventFd();
        var registration = _test.Add(fd, EpollEvents.In, _ => { });
        TestLoop.Elsewhere(() => Assert.Throws<InvalidOperationException>(
            () => registration.Want(EpollEvents.Out)));
    });

    [Fact]
    public void A_registration_may_outlive_its_loop()
    {
        var loop = new EventLoop(_ => { });
        var registration = loop.Add(_test.Scratch.EventFd(), EpollEvents.In, new Deaf());
        loop.Dispose();
        registration.Dispose();
        registration.Dispose();
    }

    sealed class Deaf : ILoopSource
    {
        public void Ready(EpollEvents events) => Assert.Fail("nobody has rung");
    }
}
