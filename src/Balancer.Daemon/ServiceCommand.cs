using System.Reactive.Linq;
using System.Security.Cryptography;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon;

/// <summary><c>balancer -s DIR</c>: the daemon under a supervisor or in a terminal.</summary>
static class ServiceCommand
{
    /// <summary>The exit code of a run that a second signal cut short.</summary>
    public const int CutShort = 1;

    /// <summary>Serves until stopped; the exit code.</summary>
    public static int Run(DaemonOptions options)
    {
        // Until somebody listens, SIGUSR1 would end the process: ignored while we start.
        using var early = Signals.Report.Subscribe();
        using var logs = Logs.Create(options.Log);
        var narrator = new Narrator(logs.Logger);
        narrator.Starting();
        try
        {
            using var daemon = new Daemon(Drawn(options), narrator.Failed);
            return Serve(daemon, narrator, logs) ? 0 : CutShort;
        }
        catch (BindException e)
        {
            var line = CommandLineRefusal.ForListener(e.Address, e.Port, e.Transport, e.Error);
            narrator.NotListening(e);
            Console.Error.WriteLine(line);
            return CommandLineRefusal.ExitCode;
        }
    }

    /// <summary>These options with everything that is drawn by lot, drawn, and with no more
    /// connections than there are descriptors for.</summary>
    public static DaemonOptions Drawn(DaemonOptions options) => options with
    {
        Core = options.Core.Within() with
        {
            Seed = RandomNumberGenerator.GetInt32(int.MaxValue),
            HashSeed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
        },
    };

    static bool Serve(Daemon daemon, Narrator narrator, Logs logs)
    {
        using var status = new StatusSource(daemon.Plane, logs);
        using var telling = narrator.Tell(daemon.Facts);
        using var summaries = narrator.Summarize(status.Now, daemon.Scheduler);
        using var reports = Signals.Report
            .ObserveOn(daemon.Scheduler)
            .Subscribe(_ => narrator.Report(status.Now()));
        return daemon.Run(
            Signals.Stop.Do(narrator.Stopping),
            serving: () => daemon.Listeners.Udp.ToList().ForEach(
                udp => narrator.Listening(udp.Address, udp.Port)));
    }
}
