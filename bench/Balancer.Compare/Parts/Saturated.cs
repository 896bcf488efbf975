using Balancer.Compare.Contenders;
using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

/// <summary>The figures of a saturating load, all beside one partner's.</summary>
sealed class Saturated
{
    static readonly Column PerSecond = new("queries/s");
    static readonly Column PerQuery = new("CPU µs/query", "0.00");
    static readonly Column Busy = new("its core, % busy", "0");
    static readonly Column Lost = new("lost");

    readonly string _partner;
    readonly Column _faster;
    readonly Column _dearer;
    readonly Sheet _sheet;

    public Saturated(string partner)
    {
        _partner = partner;
        _faster = new($"over {partner}'s", "0.000");
        _dearer = new($"CPU over {partner}'s", "0.000");
        _sheet = new("", PerSecond, _faster, PerQuery, _dearer, Busy, Lost);
    }

    /// <summary>One contender, set up, warmed, measured and gone.</summary>
    public async Task Measure(Bench bench, Contender contender, Load load, bool everywhere = false)
    {
        using var stand = await bench.Set(contender, everywhere);
        var slice = await stand.MeasureWarm(load);
        _sheet.Add(contender.Name, PerSecond, slice.Load.PerSecond);
        _sheet.Add(contender.Name, PerQuery, slice.MicrosecondsPerAnswer);
        _sheet.Add(contender.Name, Busy, slice.Busy);
        _sheet.Add(contender.Name, Lost, slice.Load.Lost);
    }

    public Spread Cost(string row, string over) =>
        _sheet[row, PerQuery].Over(_sheet[over, PerQuery]);

    public Spread Speed(string row, string over) =>
        _sheet[row, PerSecond].Over(_sheet[over, PerSecond]);

    /// <summary>The sheet, with all rows beside the partner's.</summary>
    public Sheet Compared()
    {
        _sheet.CompareAll(PerSecond, _partner, _faster);
        _sheet.CompareAll(PerQuery, _partner, _dearer);
        return _sheet;
    }
}
