using System.Globalization;
using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>One seed, from dawn to the end.</summary>
static class Run
{
    /// <summary>
    /// Runs this seed; null if all went well, else what to read: the rule that was broken, the
    /// command that repeats it, the parameters and the story.
    /// </summary>
    public static string? Of(ulong seed) => Of(seed, Story.Usual, out _);

    /// <summary>The same, with a story of so many lines, and somebody who watches.</summary>
    public static string? Of(
        ulong seed, int lines, out string story, Action<Stage>? watch = null)
    {
        var lots = new Seed(seed);
        var parameters = Parameters.Draw(seed, lots.Apart());
        var faults = Schedule.Draw(parameters, lots.Apart());
        var stage = new Stage(parameters, lots.Apart(), lines);
        watch?.Invoke(stage);
        var failure = Failure(stage, faults, lots.Apart());
        story = stage.Story.ToString();
        return failure is null ? null : $"""
            Seed {seed} failed at {stage.Now.TotalSeconds:0.000000} s.

            {failure}

            again: tests/simulate {seed}

            drawn:
            {parameters}
            faults:
            {string.Join('\n', faults.OrderBy(fault => fault.At).Select(Line))}

            story:
            {story}
            """;
    }

    static string Line(Fault fault) => string.Create(
        CultureInfo.InvariantCulture, $"  {fault.At.TotalSeconds,12:0.000000} s  {fault}");

    static string? Failure(Stage stage, List<Fault> faults, Seed lots)
    {
        Must.Forget();
        try
        {
            Happens(stage, faults, lots);
        }
        // Whatever is thrown, by the core or by the world's own claims, is what is looked for.
        catch (Exception thrown)
        {
            return stage.Objection ?? Must.Broken ?? $"Nothing throws.\n  {thrown}";
        }
        return stage.Objection ?? Must.Broken;
    }

    static void Happens(Stage stage, List<Fault> faults, Seed lots)
    {
        foreach (var temper in stage.Tempers.Where(_ => lots.InPercent(80)))
            temper.Backend.Appears();
        foreach (var fault in faults)
        {
            stage.At(fault.At, () =>
            {
                stage.Story.Tell("fault", fault);
                fault.Happen(stage);
            });
        }
        stage.Until(stage.Parameters.Troubled);
        if (stage.Objection is null)
            Converges(stage);
        if (stage.Objection is not null)
            return;
        stage.World.IsOver();
        stage.Tell(checker => checker.IsOver());
    }

    // The faults stop; within the stated time all backends carry and nothing is in flight, and then
    // everybody who asks is answered.
    static void Converges(Stage stage)
    {
        stage.Story.Tell("run", "the faults stop");
        stage.World.Directory.Error = null;
        stage.World.Directory.IsSilent = false;
        stage.Traffic.Accept();
        foreach (var id in stage.Standing.Drained.ToArray())
            stage.Commands(new BackendCommand.Enable(id));
        foreach (var temper in stage.Tempers)
            temper.Recovers();
        var ebb = stage.Now + stage.Parameters.Ebb;
        var end = stage.Now + stage.Parameters.Convergence;
        stage.At(stage.Now + 2.Seconds(), stage.Traffic.Stops);
        do
        {
            stage.Until(stage.Now + 250.Milliseconds());
        }
        while (stage.Objection is null && stage.Now < end
            && !(stage.IsCalm && stage.Now > ebb));
        if (stage.Objection is not null)
            return;

        stage.Story.Tell("run", "all is expected to be well");
        foreach (var temper in stage.Tempers)
            temper.BecomesPerfect();
        stage.Tell(checker => checker.IsCalm(stage.Traffic));
        stage.Until(stage.Now + 100.Milliseconds());
        stage.Tell(checker => checker.HasConverged());
    }
}
