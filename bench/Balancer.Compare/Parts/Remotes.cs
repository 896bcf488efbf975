using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

// What a million remotes cost. The kernel itself pays more where datagrams come from many
// addresses and go to as many, so the yardstick, which keeps no table, is asked the same way: what
// it costs more is not the balancer's. And answers to one client leave in trains, which many
// clients cannot have; the balancer that knows a million, asked by one, shows the table alone.
sealed record Remotes() : Part("remotes", "A million remotes")
{
    const int Rounds = 5;
    const int Million = 1_000_000;
    const string One = "1 client asks";
    const string Strangers = $"{Balancer}, a million strangers";
    const string Many = "1,000,000 ask";
    static readonly Column Known = new("known");
    static readonly Column PerSecond = new("queries/s");
    static readonly Column Cost = new("CPU µs/query", "0.00");
    static readonly Column Ratio = new("over 1 client's", "0.000");
    static readonly Column Memory = new("bytes/remote");

    sealed record Case(string Name, Stand Stand, int Clients, long Known);

    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Sheet("", Known, PerSecond, Cost, Ratio, Memory);
        using var limit = await bench.Set(bench.Field.Limit);
        using var fresh = await bench.Set(bench.Field.Balancer);
        using var full = await bench.Set(bench.Field.Remembering);

        foreach (var stand in new[] { limit, fresh, full })
            await stand.Measure(Load.Saturating(1).For(bench.Seconds));
        var before = Usage.Of(full.Contender.Id).Resident;
        bench.Say("a million strangers");
        var strangers = await full.Measure(Load.Strangers(Million));
        var grown = Usage.Of(full.Contender.Id).Resident - before;
        var known = (await Statistics.Of(full.Contender, bench.Stop)).Remotes;

        Case[] cases =
        [
            new($"{Limit}, {One}", limit, 1, 0),
            new($"{Limit}, {Many}", limit, Million, 0),
            new($"{Balancer}, {One}", fresh, 1, 1),
            new($"{Balancer} that knows them, {One}", full, 1, known),
            new($"{Balancer} that knows them, {Many}", full, Million, known),
        ];
        await bench.InTurn(
            cases,
            async asked =>
            {
                var load = Load.Saturating(asked.Clients).For(bench.Seconds);
                var slice = await asked.Stand.Measure(load);
                sheet.Add(asked.Name, Known, asked.Known);
                sheet.Add(asked.Name, PerSecond, slice.Load.PerSecond);
                sheet.Add(asked.Name, Cost, slice.MicrosecondsPerAnswer);
            },
            Math.Min(Rounds, bench.Rounds));
        sheet.Add(Strangers, Known, known);
        sheet.Add(Strangers, PerSecond, strangers.Load.PerSecond);
        sheet.Add(Strangers, Cost, strangers.MicrosecondsPerAnswer);
        sheet.Add(Strangers, Memory, (double)grown / known);

        sheet.Compare(Cost, cases[1].Name, cases[0].Name, Ratio);
        sheet.Compare(Cost, cases[3].Name, cases[2].Name, Ratio);
        sheet.Compare(Cost, cases[4].Name, cases[2].Name, Ratio);
        return Found(
            "Saturation as above; with --max-remotes 1100000. Known is what the balancer itself "
                + "tells; memory is the growth of VmRSS while the strangers came, after a slice of "
                + "one client, over those known. What limit pays for many clients is the kernel's "
                + "share: it knows nobody.",
            sheet,
            new("remotes known of a million that asked", "≥ 990,000",
                Spread.Number(known, "#,0"), known >= 990_000),
            Verdict.AtMost("CPU per query, a million known and asking, over one", 1.25,
                sheet[cases[4].Name, Ratio]),
            Verdict.AtMost("memory per remote", 200, sheet[Strangers, Memory], "0", "bytes"));
    }
}
