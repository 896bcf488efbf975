using Balancer.Compare.Running;

namespace Balancer.Faults.Soaking;

/// <summary>
/// A place where a backend is, mostly. Drawn from its random numbers, the backend is killed, told
/// to go, frozen for a while, or loses its socket; and comes again.
/// </summary>
sealed class Slot(string path, Func<Child> start, Random random) : IDisposable
{
    const double LongestLife = 20, LongestFreeze = 6, LongestAbsence = 5;
    static readonly TimeSpan GoesWithin = TimeSpan.FromSeconds(2);

    Child _child = start();

    /// <summary>How often something was done to it.</summary>
    public int Events { get; private set; }

    /// <summary>Goes on until it is stopped; the backend then runs, or will by
    /// <see cref="Restore"/>.</summary>
    public async Task ComeAndGo(CancellationToken stop)
    {
        while (true)
        {
            await Lasting(LongestLife, stop);
            Events++;
            switch (random.Next(4))
            {
                case 0:
                    _child.Kill();
                    await Lasting(LongestAbsence, stop);
                    break;
                case 1:
                    _child.Signal(Libc.SigTerm);
                    await Lasting(LongestAbsence, stop);
                    break;
                case 2:
                    _child.Signal(Libc.SigStop);
                    await Lasting(LongestFreeze, stop);
                    _child.Signal(Libc.SigCont);
                    continue;
                default:
                    File.Delete(path);
                    await Lasting(LongestAbsence, stop);
                    break;
            }
            StartAgain();
        }
    }

    /// <summary>Whatever was done to it, it is there again, with its socket.</summary>
    public async Task Restore(CancellationToken stop)
    {
        _child.Signal(Libc.SigCont);
        _child.Signal(Libc.SigTerm);
        await Task.WhenAny(_child.Exit(stop), Task.Delay(GoesWithin, stop));
        StartAgain();
    }

    /// <exception cref="Unmeasurable">It has ended by itself.</exception>
    public void MustRun() => _child.MustRun();

    public void Dispose() => _child.Dispose();

    void StartAgain()
    {
        _child.Dispose();
        _child = start();
    }

    Task Lasting(double longest, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromSeconds(longest * random.NextDouble()), stop);
}
