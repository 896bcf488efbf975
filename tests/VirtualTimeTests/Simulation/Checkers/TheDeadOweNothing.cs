namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class TheDeadOweNothing(Stage stage) : Checker(stage)
{
    protected override string Rule =>
        "What a backend owed is settled, moved or parked when its session ends.";

    public override void Looks()
    {
        var inFlight = World.Control.Data.Journal.InFlight;
        var connected = World.Control.Sessions.Items.Any(s => s.State.Attempt is not null);
        Ensure(
            inFlight == 0 || connected,
            $"{inFlight} are in flight, and no backend is connected");
    }
}
