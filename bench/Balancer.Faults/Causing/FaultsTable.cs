using Balancer.Compare.Contenders;
using Balancer.Compare.Figures;

namespace Balancer.Faults.Causing;

/// <summary>All outcomes as one table in Markdown, with the goals that were missed.</summary>
sealed class FaultsTable(
    IReadOnlyDictionary<(Row, string), List<Outcome>> outcomes, IReadOnlyList<string> contenders)
{
    const string Plain = "#,0";

    /// <summary>The table, and below it what is to be known of some rows.</summary>
    public IEnumerable<string> Lines(IReadOnlyList<Row> rows) =>
    [
        "| what happens | to | asked | answered | lost | doubled | late (over 1 s) | longest, ms "
            + "| served again after, ms | back after, ms | goals |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
        .. rows.SelectMany(row => contenders.Select(contender => Line(row, contender))),
        "",
        .. rows.SelectMany(Notes),
    ];

    /// <summary>Whether the balancer has kept them all.</summary>
    public bool AllMet(IReadOnlyList<Row> rows) =>
        !contenders.Contains(Field.BalancerName)
        || rows.All(row => !Missed(row, outcomes[(row, Field.BalancerName)]).Any());

    string Line(Row row, string contender)
    {
        if (!outcomes.TryGetValue((row, contender), out var rounds))
            return $"| {row.Title} | {contender} | – | – | – | – | – | – | – | – | |";
        var missed = string.Join(", ", Missed(row, rounds));
        var verdict = contender != Field.BalancerName ? ""
            : missed == "" ? "met"
            : $"**missed: {missed}**";
        string[] cells =
        [
            row.Title,
            contender,
            Of(rounds, round => round.Load.Sent),
            Of(rounds, round => round.Load.Answered),
            Of(rounds, round => round.Load.Lost),
            Of(rounds, round => round.Load.Doubled),
            Of(rounds, round => round.Load.Slow + round.Load.Late),
            Of(rounds, round => round.Load.Max / 1_000),
            row.Name == "quiet" || row.EndsContender ? "–" : Of(rounds, round => round.Settled),
            Of(rounds, round => round.Back),
            verdict,
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    // The worst round counts. Nothing is lost or doubled in any row, an event or none.
    static IEnumerable<string> Missed(Row row, IReadOnlyList<Outcome> rounds)
    {
        if (rounds.Any(round => round.Load.Lost > round.NoRoom))
            yield return "lost";
        if (rounds.Any(round => round.Load.Doubled > 0))
            yield return "doubled";
        if (row.SettledWithin is { } within
            && rounds.Any(round => round.Settled > within.TotalMilliseconds))
            yield return "served again";
        if (row.BackWithin is { } soon && rounds.Any(round => round.Back > soon.TotalMilliseconds))
            yield return "back";
    }

    IEnumerable<string> Notes(Row row)
    {
        foreach (var contender in contenders)
        {
            var rounds = outcomes.GetValueOrDefault((row, contender), []);
            var what = $"- {row.Name}, {contender}: ";
            if (rounds.Any(round => round.NoRoom > 0))
                yield return $"{what}{Of(rounds, round => round.NoRoom)} datagrams found no room "
                    + "in the queue of the contender's socket or the load's; they may be among "
                    + "the lost, and are no missed goal";
            if (rounds.Any(round => round.Load.Wrong + round.Load.Refused > 0))
                yield return $"{what}{Of(rounds, round => round.Load.Wrong)} answers were wrong, "
                    + $"{Of(rounds, round => round.Load.Refused)} queries could not leave";
            if (row.EndsContender && rounds.Count > 0)
                yield return $"{what}it ended after {Of(rounds, round => round.Ended)} ms";
        }
    }

    static string Of(IEnumerable<Outcome> rounds, Func<Outcome, double?> figure) =>
        new Spread(rounds.Select(figure).OfType<double>()).Text(Plain);
}
