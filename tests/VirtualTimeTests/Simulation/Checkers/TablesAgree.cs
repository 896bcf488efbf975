using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class TablesAgree(Stage stage) : Checker(stage)
{
    protected override string Rule =>
        "Every remote has a route, every backend a session and a lane, every live one a place, "
        + "and one carries if one lives; of those that nothing is against, the first in order.";

    public override void Looks()
    {
        var control = World.Control;
        Ensure(
            control.Routes.Count == control.Remotes.Count,
            $"{control.Routes.Count} routes, {control.Remotes.Count} remotes");
        var placed = Stage.Tempers
            .Sum(temper => control.Routes.RemotesOf(new BackendId(temper.Backend.Mark)));
        Ensure(
            placed == control.Routes.Count,
            $"{placed} remotes belong to a backend, of {control.Routes.Count}");
        var lanes = control.Data.Lanes.Count();
        Ensure(
            control.Sessions.Count == control.Backends.Count && lanes == control.Backends.Count,
            $"{control.Backends.Count} backends, {control.Sessions.Count} sessions, {lanes} lanes");
        var live = control.Sessions.Items.Count(session => session.State is Session.Live);
        var carrying = control.Routes.Carrying;
        Ensure(
            carrying <= live && carrying > 0 == live > 0,
            $"{live} are live, {carrying} carry");
        var whole = Claims.First(
            control.Sessions.Items.Where(Stage.Standing.IsWhole).Select(session => session.Id),
            Options).Length;
        Ensure(
            whole == 0 || carrying == whole,
            $"{whole} have all their remotes, {carrying} carry for others");
    }
}
