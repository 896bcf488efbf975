using Balancer.Rx.Recording;
using Balancer.VirtualTimeTests.Simulation;

namespace Balancer.VirtualTimeTests.Recordings;

// Whatever the lots draw, a recording from any moment on is replayed bit for bit.
public class SimulatedRecordingTests
{
    const ulong Seeds = 100;

    [Fact]
    public void A_hundred_runs_recorded_from_any_moment_on_are_replayed_as_they_were_decided()
    {
        var count = ulong.TryParse(
            Environment.GetEnvironmentVariable("BALANCER_TAPES"), out var asked) ? asked : Seeds;
        var decisions = 0L;
        for (ulong seed = 1; seed <= count; seed++)
            decisions += Replayed(seed);
        Assert.True(decisions > 10 * (long)count, $"only {decisions} decisions");
    }

    static long Replayed(ulong seed)
    {
        Tape? tape = null;
        var facts = 0L;
        Run.Of(seed, 1, out _, stage =>
        {
            var from = new Seed(seed ^ 0x5EED).Between(TimeSpan.Zero, 8.Seconds());
            stage.At(from, () => Begin(stage));
            stage.World.Control.Facts.Subscribe(_ => facts += tape is null ? 0 : 1);
        });
        if (tape is null)
            return 0;
        var decided = 0L;
        var result = tape.Recording.Replay(_ => decided++);
        if (result.Difference is { } difference)
            Assert.Fail($"seed {seed}: {difference}");
        Assert.Equal(facts, decided);
        return decided;

        void Begin(Stage stage)
        {
            tape = Tape.Begin(stage.World.Control);
            if (tape is null)
                stage.At(stage.Now + 1.Milliseconds(), () => Begin(stage));
        }
    }
}
