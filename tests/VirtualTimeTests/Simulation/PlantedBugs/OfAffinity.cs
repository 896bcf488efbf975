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
        new("who is unpinned does not go home", new Edit(
            "Remotes/RemoteRegistry.Orders.cs",
            "GoHome([client]);",
            "")),
        new("for whom there is no place is served by whoever carries", new Edit(
            "Routing/RouteTable.Homes.cs",
            "Primary = _homes.Length > 0",
            "Primary = _homes.Length > 1_000")),
    ];
}
