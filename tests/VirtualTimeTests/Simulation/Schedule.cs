namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// The faults of a run, over its time. Each seed draws the few kinds that it knows, so that some
/// runs are full of one kind, and most that lasts is ended by its remedy after a while.
/// </summary>
static class Schedule
{
    static readonly Trouble[] Kinds =
        [.. Enum.GetValues<Trouble>().Where(kind => !IsRemedy(kind))];

    public static List<Fault> Draw(Parameters parameters, Seed lots)
    {
        var known = Kinds.Where(_ => lots.InPercent(40)).ToArray();
        var faults = new List<Fault>();
        for (var i = 0; i < parameters.Faults && known.Length > 0; i++)
        {
            var at = lots.Between(TimeSpan.Zero, parameters.Troubled);
            var what = lots.OneOf<Trouble>(known);
            var backend = lots.Below(parameters.Backends);
            faults.Add(new(at, what, backend, lots.Below(1_000)));
            var later = at + lots.Between(50.Milliseconds(), 4.Seconds());
            if (RemedyOf(what, lots) is { } remedy && lots.InPercent(80)
                && later < parameters.Troubled)
            {
                faults.Add(new(later, remedy, backend, lots.Below(1_000)));
            }
        }
        faults.AddRange(Absences(faults, parameters, new(~parameters.Seed)));
        return faults;
    }

    // A backend that clients are pinned to goes for as long as it takes to be forgotten, now and
    // then, and comes back: by chance alone that hardly ever happens. By lots of their own.
    static List<Fault> Absences(List<Fault> faults, Parameters parameters, Seed lots)
    {
        var absences = new List<Fault>();
        foreach (var pin in faults.Where(fault => fault.What is Trouble.Pin))
        {
            var gone = pin.At + lots.Between(50.Milliseconds(), 500.Milliseconds());
            var back = gone + lots.Between(1.Seconds(), 5.Seconds());
            if (!lots.InPercent(30) || back >= parameters.Troubled)
                continue;
            absences.Add(new(gone, Trouble.Unlink, pin.Backend, 0));
            absences.Add(new(gone, Trouble.Kill, pin.Backend, 0));
            absences.Add(new(back, Trouble.Recreate, pin.Backend, 0));
        }
        return absences;
    }

    static Trouble? RemedyOf(Trouble what, Seed lots) => what switch
    {
        Trouble.Kill => lots.OneOf(Trouble.Listen, Trouble.Recreate),
        Trouble.Stop => Trouble.Resume,
        Trouble.Unlink => Trouble.Recreate,
        >= Trouble.Slow and < Trouble.Heal => Trouble.Heal,
        Trouble.Unreadable => Trouble.Readable,
        Trouble.Silent => Trouble.Hinting,
        Trouble.Refuse => Trouble.Accept,
        Trouble.Drain => Trouble.Enable,
        Trouble.Pin => Trouble.Unpin,
        _ => null,
    };

    static bool IsRemedy(Trouble kind) => kind is Trouble.Listen or Trouble.Resume
        or Trouble.Heal or Trouble.Readable or Trouble.Hinting or Trouble.Accept
        or Trouble.Enable or Trouble.Unpin;
}
