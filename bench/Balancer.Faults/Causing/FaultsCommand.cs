// FAULTS: what operators fear, done to the real balancer with the real signals, under load.
//
// Each row is a fresh scene: 20,000 queries a second in an open loop from 1,000 addresses over four
// backends, two seconds of it, then what the row says, then three seconds more. Every query is
// accounted for. Rows that can be done to dnsdist in front of plain DNS servers are done to it,
// too, with its own ways of finding out: they stand beside the balancer's.
//
// The goals are those of the balancer, and the worst round counts. Lost is what was never answered,
// less what the kernel threw away because a queue was full; that is told below the table, and to be
// held against the floor: the reader was not given the time, or it took it.
//
// Not promised: that a goal missed is the balancer's fault. A machine that stops all for a second
// makes it miss every goal that is one; the floor, in which nothing happens, shows such a machine.

using System.Diagnostics;
using Balancer.Compare;
using Balancer.Compare.Contenders;
using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Faults.Causing;

/// <summary>Plays all rows, prints the table; fails if a goal was missed.</summary>
sealed class FaultsCommand(FaultsOptions options)
{
    readonly Dictionary<(Row, string), List<Outcome>> _outcomes = [];

    /// <summary>The exit code.</summary>
    public async Task<int> Run(CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        var busy = Machine.LoadAverage();
        var rows = Row.All.Where(row => options.Rows.Contains(row.Name)).ToList();
        using (var bench = new Bench(
            new(options.Command, options.Commit, options.Rounds, 1, [], options.Contenders,
                null, options.Tools),
            Cores.Deal(), Console.Error, stop))
        {
            var cast = bench.Of(bench.Field.Balancer, bench.Field.Dnsdist)
                .SelectMany(contender => rows.Select(row => (contender, row)))
                .Where(play => !play.row.OnlySockets || play.contender.Behind == Behind.Sockets);
            await bench.InTurn(cast, play => Play(bench, play.row, play.contender));
        }
        var table = new FaultsTable(_outcomes, options.Contenders);
        IEnumerable<string> report =
        [
            .. Machine.Lines(options.Command, options.Commit, busy),
            $"- {Machine.Said("dnsdist", "--version").Split('(')[0].Trim()}",
            $"- rounds: {options.Rounds}, at {options.Rate:#,0} queries/s, "
                + $"{Stopwatch.GetElapsedTime(began).TotalMinutes:0.0} minutes in all",
            "",
            .. table.Lines(rows),
        ];
        var text = string.Join('\n', report) + "\n";
        Console.Write(text);
        if (options.Markdown is { } path)
            Report.Write(path, "bench/faults", text);
        return table.AllMet(rows) ? 0 : Stoppable.Failed;
    }

    async Task Play(Bench bench, Row row, Contender contender)
    {
        bench.Say($"{row.Name}, {contender.Name}");
        var outcome = await Scene.Play(bench, row, contender, options.Rate);
        if (!_outcomes.TryGetValue((row, contender.Name), out var rounds))
            _outcomes[(row, contender.Name)] = rounds = [];
        rounds.Add(outcome);
        bench.Say(
            $"  {outcome.Load.Sent:#,0} asked, {outcome.Load.Lost:#,0} lost, "
                + $"{outcome.NoRoom:#,0} without room, {outcome.Load.Doubled:#,0} doubled, "
                + $"longest {outcome.Load.Max / 1_000:#,0} ms, "
                + $"settled {outcome.Settled:#,0} ms, back {outcome.Back:#,0} ms");
    }
}
