namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>Watches only once the core has promised it (<see cref="Promises.Replays"/>).</summary>
sealed class NoQueryIsLost(Stage stage) : Checker(stage)
{
    protected override string Rule =>
        "No query is lost while another backend is well and the query is young.";
}
