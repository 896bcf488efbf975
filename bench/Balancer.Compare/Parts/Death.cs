using System.Diagnostics;
using System.Net;
using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

// What the death of a backend that has 250,000 remotes does to all others.
//
// A million clients make themselves known, a quarter to each backend. Then, round by round, 1,000
// clients ask 20,000 queries a second, and two probes ask one a millisecond each: a bystander, whom
// another backend serves, and an orphan, whom the victim serves. In the middle the victim gets
// SIGKILL.
//
// The figure is the worst latency among the bystander's queries sent within 100 ms before and after
// the kill, less what is the worst in such a stretch anyway: the median over the other stretches of
// 200 ms of the same round. The scheduler's and the machine's own hiccups are in both. The orphan's
// queries that the dead backend had not answered are lost (the balancer does not replay them);
// those sent after the death must find another backend at once.
//
// Afterwards the victim is started again and its remotes are its own again, for the next round.
sealed record Death() : Part("death", "Death of a backend with 250,000 remotes")
{
    const int Rounds = 5;
    const int Million = 1_000_000;
    const int Rate = 20_000;
    const int Victim = 0;
    const string VictimName = "5301";
    static readonly TimeSpan Around = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LoadStarts = TimeSpan.FromMilliseconds(300);
    static readonly TimeSpan FoundWithin = TimeSpan.FromSeconds(5);

    static readonly Column Worst = new("worst within 100 ms of the kill, ms", "0.00");
    static readonly Column Usual = new("worst of 200 ms otherwise, ms", "0.00");
    static readonly Column Lost = new("probe's queries lost");
    static readonly Column LoadMax = new("load: max, ms", "0.0");
    static readonly Column LoadLost = new("load: lost of all");

    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Sheet("", Worst, Usual, Lost, LoadMax, LoadLost);
        using var stand = await bench.Set(bench.Field.Remembering);
        bench.Say("a million strangers");
        await stand.Measure(Load.Strangers(Million));
        var known = await Statistics.Of(stand.Contender, bench.Stop);
        var bystander = await Client(bench, stand, by => by != Victim + 1);
        var orphan = await Client(bench, stand, by => by == Victim + 1);

        await bench.InTurn(
            [true, false],
            kill => Round(bench, stand, kill, bystander, orphan, sheet),
            Math.Min(Rounds, bench.Rounds));
        return Found(
            $"The balancer knew {known.Remotes:#,0} remotes, {known.OfBackend[VictimName]:#,0} of "
                + "them the victim's. 1,000 clients ask 20,000 queries/s; a bystander (another "
                + "backend's client) and an orphan (the victim's) ask one a millisecond; rounds "
                + "in which none dies show what the machine does by itself. An orphan's queries "
                + "count from the moment of the death. Lost is what the dead backend took along.",
            sheet,
            new("remotes of the backend that dies", "≥ 240,000",
                Spread.Number(known.OfBackend[VictimName], "#,0"),
                known.OfBackend[VictimName] >= 240_000),
            Verdict.AtMost("delay of others' datagrams by the death", 5,
                Added(sheet, Row("bystander", true)), "0.00", "ms"),
            Verdict.AtMost("delay of its own clients' datagrams after it", 5,
                Added(sheet, Row("orphan", true)), "0.00", "ms"));
    }

    static Spread Added(Sheet sheet, string row) => sheet[row, Worst].Less(sheet[row, Usual]);

    static string Row(string who, bool kill) => kill ? who : $"{who}, none dies";

    static async Task Round(
        Bench bench, Stand stand, bool kill, IPAddress bystander, IPAddress orphan, Sheet sheet)
    {
        using var near = new Probe(stand.Port, bystander);
        using var struck = new Probe(stand.Port, orphan);
        var half = TimeSpan.FromSeconds(bench.Seconds / 2);
        var load = stand.Measure(Load.Steady(Rate, 1_000).For(bench.Seconds));
        await Task.Delay(LoadStarts + half, bench.Stop);
        var moment = Stopwatch.GetTimestamp();
        if (kill)
            stand.KillBackend(Victim);
        var slice = await load;

        Add(Row("bystander", kill), near.Questions, moment, moment - Ticks(Around));
        Add(Row("orphan", kill), struck.Questions, moment, moment);
        sheet.Add(Row("bystander", kill), LoadMax, slice.Load.Max / 1_000);
        sheet.Add(Row("bystander", kill), LoadLost, slice.Load.Lost);
        if (!kill)
            return;
        await stand.StartBackend(Victim);
        await Answered(bench, stand, orphan, by => by == Victim + 1);

        void Add(string row, ReadOnlySpan<Asked> asked, long moment, long from)
        {
            sheet.Add(row, Worst, WorstOf(asked, from, moment + Ticks(Around)));
            sheet.Add(row, Usual, new Spread(Otherwise(asked, moment)).Median);
            sheet.Add(row, Lost, Unanswered(asked));
        }
    }

    // The worst of each stretch before and after, from when the load runs to when it ends.
    static List<double> Otherwise(ReadOnlySpan<Asked> asked, long moment)
    {
        var stretch = Ticks(2 * Around);
        var worst = new List<double>();
        var end = asked[^1].Sent - Ticks(LoadStarts);
        for (var from = asked[0].Sent + Ticks(LoadStarts); from + stretch <= end; from += stretch)
            if (from + stretch < moment - Ticks(Around) || from > moment + Ticks(Around))
                worst.Add(WorstOf(asked, from, from + stretch));
        return worst;
    }

    static double WorstOf(ReadOnlySpan<Asked> asked, long from, long to)
    {
        var worst = TimeSpan.Zero;
        foreach (var question in asked)
            if (question.Sent >= from && question.Sent < to && question.Answered != 0
                && question.Latency > worst)
                worst = question.Latency;
        return worst.TotalMilliseconds;
    }

    // The last may be on their way yet.
    static int Unanswered(ReadOnlySpan<Asked> asked)
    {
        var lost = 0;
        foreach (var question in asked)
            if (question.Answered == 0 && question.Sent < asked[^1].Sent - Ticks(Around))
                lost++;
        return lost;
    }

    // The first address outside the load's that is served so.
    static async Task<IPAddress> Client(Bench bench, Stand stand, Func<byte, bool> servedBy)
    {
        for (byte last = 1; last < byte.MaxValue; last++)
        {
            var address = new IPAddress([127, 1, 1, last]);
            using var probe = new Probe(stand.Port, address);
            if (servedBy((await probe.First.WaitAsync(FoundWithin, bench.Stop)).By))
                return address;
        }
        throw new Unmeasurable("none of 254 clients is served by the backend that is wanted");
    }

    static async Task Answered(
        Bench bench, Stand stand, IPAddress client, Func<byte, bool> servedBy)
    {
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < FoundWithin)
        {
            using var probe = new Probe(stand.Port, client);
            if (servedBy((await probe.First.WaitAsync(FoundWithin, bench.Stop)).By))
                return;
            await Task.Delay(Around, bench.Stop);
        }
        throw new Unmeasurable("the backend that was started again does not get its clients back");
    }

    static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
