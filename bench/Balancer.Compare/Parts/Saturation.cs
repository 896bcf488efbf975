using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

/// <summary>As many queries as are answered: throughput and cost.</summary>
sealed record Saturation(string Clients, int Count) : Part("saturation", $"Saturation, {Clients}")
{
    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Saturated(Limit);
        await bench.InTurn(
            bench.Of(bench.Field.All),
            contender => sheet.Measure(bench, contender, Load.Saturating(Count)));
        Verdict Cheaper(string than, double goal) => Verdict.AtMost(
            $"CPU per query, {Clients}, over {than}'s", goal, sheet.Cost(Balancer, than));
        Verdict Faster(string than, double goal) => Verdict.AtLeast(
            $"queries per second, {Clients}, over {than}'s", goal, sheet.Speed(Balancer, than));
        return Found(
            "Closed loop, UDP, 192 outstanding, 16 ports, trains of eight queries of one client. "
                + "A core that is not busy waited for load or backends: its queries/s are theirs. "
                + "Answers to one socket of a client that are ready together leave the balancer as "
                + "one train, which limit does not do; trains of queries make that easy.",
            sheet.Compared(),
            Cheaper(Limit, 1.05), Faster(Limit, 0.95), Cheaper(Dnsdist, 0.35),
            Faster(Dnsdist, 2.5), Cheaper(Nginx, 0.2), Faster(Nginx, 5));
    }
}

/// <summary>The same without trains: no neighbours in a burst are of one client.</summary>
sealed record Singles() : Part("singles", "Saturation, 1,000 clients, single queries")
{
    const int Rounds = 3;

    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Saturated(Limit);
        await bench.InTurn(
            bench.Of(bench.Field.Limit, bench.Field.Balancer),
            contender => sheet.Measure(bench, contender, Load.Saturating(1_000, train: 1)),
            Math.Min(Rounds, bench.Rounds));
        return Found(
            "As above, but each client asks one query in its turn: the least that trains of "
                + "answers can save. The load pays more for single queries and may be the "
                + "bottleneck; who waits for it forwards smaller bursts, at a higher cost each.",
            sheet.Compared());
    }
}
