// SOAK: everything comes and goes for an hour, and nothing may grow.
//
// The real balancer; backends that are killed, told to go, frozen, robbed of their sockets, and
// come again: answer, fast and slow, and node-mname if it is there; rogues that send garbage;
// clients over UDP and TCP who come and go, hold connections and say nothing, or send what is no
// question. All of it is drawn from a seed. Every ten seconds a sample: memory, descriptors and
// threads from /proc, and what the balancer tells on SIGUSR1.
//
// Then all comes to rest: every backend is there, and within a minute all must be live, all
// questions answered, nothing in flight; told to stop, it ends in good order. What clients lose
// while backends come and go is told and not judged: bench/faults does that. Answers that come
// twice, or that nobody asked for, are judged.
//
// Not promised: the same run for the same seed; what is drawn is the same, but not to the
// millisecond when it happens, on a machine that has other things to do. What a subscription that
// is never disposed costs is seen as memory only.

using System.Diagnostics;
using System.Globalization;
using Balancer.Compare;
using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Faults.Soaking;

/// <summary>Soaks, prints a line a minute and the verdicts; fails if one was not kept.</summary>
sealed class SoakCommand(SoakOptions options)
{
    static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);
    static readonly TimeSpan ConvergeWithin = TimeSpan.FromSeconds(60);
    static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);
    static readonly Load LastQuestions =
        new Load("--rate", "2000", "--clients", "1000", "--patience", "2000").For(3);

    readonly List<Sample> _samples = [];
    readonly List<Verdict> _verdicts = [];
    readonly List<string> _lines = [];
    readonly Stopwatch _since = Stopwatch.StartNew();
    Seen _told;

    /// <summary>The exit code.</summary>
    public async Task<int> Run(CancellationToken stop)
    {
        var busy = Machine.LoadAverage();
        using var bench = new Bench(
            new(options.Command, options.Commit, 1, 1, [], [], null, options.Tools),
            Cores.Deal(), Console.Error, stop);
        using var town = new Town(bench, options);
        foreach (var line in (IEnumerable<string>)[
            .. Machine.Lines(options.Command, options.Commit, busy),
            Text($"- seed {options.Seed}, {town.Backends} backends and two rogues, ")
                + (options.Node is null ? "no node-mname" : "two of them node-mname"),
            "",
            "| minute | memory, MB | descriptors | threads | remotes | in flight | live of known "
                + "| TCP | events | asked | lost | doubled |",
            "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"])
            Say(line);

        await Warm(town, stop);
        await Churn(town, stop);
        foreach (var flat in Flatness.All)
            _verdicts.Add(flat.Judge(_samples));
        await Rest(town, stop);

        Say("");
        Say("| what | goal | measured | |");
        Say("|---|---|---|---|");
        foreach (var verdict in _verdicts)
            Say(verdict.Line());
        if (options.Markdown is { } path)
            Report.Write(path, "bench/soak", string.Join('\n', _lines) + "\n");
        return _verdicts.TrueForAll(verdict => verdict.Met != false) ? 0 : Stoppable.Failed;
    }

    // All of the crowd are known and what grows by use has been used before the first sample.
    async Task Warm(Town town, CancellationToken stop)
    {
        await ComeToRest(town, stop);
        foreach (var load in Crowd.All)
            await town.Crowd.Ask(load, stop);
    }

    async Task Churn(Town town, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        enough.CancelAfter(options.Time);
        _since.Restart();
        var churn = town.ComeAndGo(enough.Token);
        for (var next = SampleEvery; next < options.Time; next += SampleEvery)
        {
            var pause = next - _since.Elapsed;
            if (pause > TimeSpan.Zero)
                await Task.WhenAny(churn, Task.Delay(pause, stop));
            if (churn.IsFaulted)
                break;
            stop.ThrowIfCancellationRequested();
            var sample = await Sample.Take(town.Balancer, _since.Elapsed, stop);
            _samples.Add(sample);
            if (_samples.Count % (TimeSpan.FromMinutes(1) / SampleEvery) == 0)
                SayMinute(sample, town);
        }
        await churn;
    }

    async Task Rest(Town town, CancellationToken stop)
    {
        await town.Restore();
        var began = Stopwatch.GetTimestamp();
        var sample = await ComeToRest(town, stop);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Judge("all comes to rest", Text($"within {ConvergeWithin.TotalSeconds} s"),
            Text($"{sample.Live} of {town.Backends} backends live, {sample.InFlight} in flight, ")
                + Text($"{sample.Streams} TCP connections after {took:0} s"),
            IsAtRest(sample, town));

        var last = await town.Crowd.Ask(LastQuestions, stop);
        Judge("all questions are answered then", "0 lost",
            Text($"{last.Lost} of {last.Sent:#,0} lost"), last.Lost == 0);
        _samples.Add(await Sample.Take(town.Balancer, _since.Elapsed, stop));
        var wrong = _samples.Count(taken => !taken.SumsAgree);
        Judge("received = in flight + outcomes", "in each sample",
            Text($"not in {wrong} of {_samples.Count}"), wrong == 0);
        var seen = town.Crowd.Seen;
        Judge("answers twice, or that nobody asked for", "none",
            Text($"{seen.Doubled} and {seen.Wrong}, of {seen.Asked:#,0} asked"),
            seen.Doubled + seen.Wrong == 0);

        town.Balancer.Signal(Libc.SigTerm);
        await Task.WhenAny(town.Balancer.Exit(stop), Task.Delay(EndWithin, stop));
        var code = town.Balancer.HasExited ? town.Balancer.ExitCode : -1;
        Judge("told to stop, it ends", "with 0", Text($"{code}"), code == 0);
    }

    async Task<Sample> ComeToRest(Town town, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        Sample sample;
        do
        {
            await Task.Delay(SampleEvery / 10, stop);
            sample = await Sample.Take(town.Balancer, _since.Elapsed, stop);
        }
        while (!IsAtRest(sample, town) && Stopwatch.GetElapsedTime(began) < ConvergeWithin);
        town.MustRun();
        return sample;
    }

    // Idle connections are ended after half a minute.
    static bool IsAtRest(Sample sample, Town town) =>
        sample.Live == town.Backends && sample.InFlight == 0 && sample.Streams == 0;

    void SayMinute(Sample sample, Town town)
    {
        var seen = town.Crowd.Seen;
        var minute = seen - _told;
        _told = seen;
        Say(Text($"| {sample.At.TotalMinutes:0} | {sample.Resident / 1_024.0:0.0} ")
            + Text($"| {sample.Descriptors} | {sample.Threads} | {sample.Remotes:#,0} ")
            + Text($"| {sample.InFlight:#,0} | {sample.Live} of {sample.Known} ")
            + Text($"| {sample.Streams} | {town.Events:#,0} | {minute.Asked:#,0} ")
            + Text($"| {minute.Lost:#,0} | {minute.Doubled:#,0} |"));
    }

    void Judge(string what, string goal, string measured, bool met) =>
        _verdicts.Add(new(what, goal, measured, met));

    void Say(string line)
    {
        Console.WriteLine(line);
        _lines.Add(line);
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
