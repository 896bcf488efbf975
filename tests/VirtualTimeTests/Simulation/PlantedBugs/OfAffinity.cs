namespace Balancer.VirtualTimeTests.Simulation.PlantedBugs;

/// <summary>Those of weights, standbys and the choice by rendezvous.</summary>
static class OfAffinity
{
    public static readonly PlantedBug[] All =
    [
        new("the turn knows no weights", new Edit(
            "Remotes/Affinity.cs",
            "rounds = Math.Max(rounds, backend.Weight);",
            "rounds = Math.Max(rounds, 1);")),
        new("who stands in is found without weights", new Edit(
            "Rendezvous.cs",
            "new(Lot(address, backend.Id), backend.Weight);",
            "new(Lot(address, backend.Id), 1);")),
        new("a standby carries while another backend does", new Edit(
            "Routing/RouteTable.Carriers.cs",
            "Array.FindAll(best, place => _places[place].Order == _order);",
            "best;")),
        new("newcomers are dealt to standbys", new Edit(
            "BackendPolicy.cs",
            ".. known.Where(id => OrderOf(id) == 0).Order()",
            ".. known.Order()")),
        new("who belongs to a newcomer stays where it is", new Edit(
            "Remotes/RemoteRegistry.Homes.cs",
            "GoHome(astray.AsSpan(0, found));",
            "")),
    ];
}
