using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

/// <summary>TCP, a connection each query.</summary>
sealed record Streams() : Part("tcp", "TCP, one query per connection")
{
    static readonly Column PerSecond = new("connections/s");
    static readonly Column Cost = new("CPU µs/connection", "0.0");
    static readonly Column Busy = new("its core, % busy", "0");
    static readonly Column P99 = new("p99 µs");
    static readonly Column Lost = new("lost");

    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Sheet("", PerSecond, Cost, Busy, P99, Lost);
        var field = bench.Field;
        await bench.InTurn(bench.Of(field.Balancer, field.Dnsdist, field.Nginx), async contender =>
        {
            using var stand = await bench.Set(contender);
            var slice = await stand.MeasureWarm(Load.Connections(1_000));
            sheet.Add(contender.Name, PerSecond, slice.Load.PerSecond);
            sheet.Add(contender.Name, Cost, slice.MicrosecondsPerAnswer);
            sheet.Add(contender.Name, Busy, slice.Busy);
            sheet.Add(contender.Name, P99, slice.Load.P99);
            sheet.Add(contender.Name, Lost, slice.Load.Lost);
        });
        return Found(
            "Closed loop, 64 connections outstanding, 1,000 client addresses. dnsdist keeps its "
                + "connections to the backends and nginx opens one per client, as they do by "
                + "default; the wire of the balancer wants one per client, which load and backends "
                + "pay, too. A core that is not busy waited for them.",
            sheet,
            Verdict.AtMost("CPU per TCP connection over dnsdist's", 1,
                sheet[Balancer, Cost].Over(sheet[Dnsdist, Cost])),
            Verdict.AtLeast("TCP connections per second over dnsdist's", 1,
                sheet[Balancer, PerSecond].Over(sheet[Dnsdist, PerSecond])));
    }
}
