namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class LimitsHold(Stage stage) : Checker(stage)
{
    protected override string Rule =>
        "Remotes, rings, journal and connections keep to their limits.";

    public override void Received(Question[] burst) => Looks();

    public override void Looks()
    {
        var control = World.Control;
        Ensure(
            control.Remotes.Count <= Options.MaxRemotes,
            $"{control.Remotes.Count} remotes, {Options.MaxRemotes} are allowed");
        Ensure(
            control.Remotes.Pinned.Count <= Options.MaxPins,
            $"{control.Remotes.Pinned.Count} are pinned, {Options.MaxPins} are allowed");
        Ensure(
            control.Data.Parked <= Options.MaxParked,
            $"{control.Data.Parked} are parked, {Options.MaxParked} are allowed");
        foreach (var lane in control.Data.Lanes)
        {
            Ensure(
                lane.Unsent >= 0 && lane.Unsent <= Options.RingBytes,
                $"{lane.Unsent} bytes wait for {lane.Id}, its ring has {Options.RingBytes}");
        }
        Ensure(
            World.Links.Open <= control.Sessions.Count,
            $"{World.Links.Open} links for {control.Sessions.Count} sessions");
        foreach (var temper in Stage.Tempers)
        {
            var open = temper.Backend.Links.Count(link => link.IsOpen);
            Ensure(open <= 1, $"{temper.Backend.Name} has {open} sessions");
        }
    }
}
