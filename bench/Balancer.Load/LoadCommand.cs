using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Balancer.Daemon;
using Balancer.Daemon.Native;
using Balancer.Load.Asking;
using Balancer.Load.Figures;

namespace Balancer.Load;

/// <summary>A run from beginning to end, and what is told of it.</summary>
static class LoadCommand
{
    /// <summary>The exit code when nothing could be sent at all.</summary>
    public const int NothingSent = 1;

    /// <summary>Runs; the exit code.</summary>
    public static int Run(LoadOptions options, TextWriter output, TextWriter error)
    {
        if (Impossible(options) is { } reason)
            return CommandLine.Refuse(reason, error);
        try
        {
            using var run = new LoadRun(options);
            using var interrupted = StopOn(PosixSignal.SIGINT, run);
            using var terminated = StopOn(PosixSignal.SIGTERM, run);
            return Run(run, options, output, error);
        }
        catch (SysException e)
        {
            error.WriteLine($"{CommandLine.Program}: {e.Message}");
            return NothingSent;
        }
    }

    static int Run(LoadRun run, LoadOptions options, TextWriter output, TextWriter error)
    {
        var before = Environment.CpuUsage.TotalTime;
        run.Run();
        var cpu = Environment.CpuUsage.TotalTime - before;
        foreach (var note in Notes(run, options))
            error.WriteLine($"{CommandLine.Program}: {note}");
        var result = Result.Of(run, options.OverTcp, cpu);
        output.WriteLine(options.AsJson ? result.ToJson() : Prose.Of(result, options));
        return result.Sent > 0 ? 0 : NothingSent;
    }

    // What the figures do not say by themselves.
    static IEnumerable<string> Notes(LoadRun run, LoadOptions options)
    {
        if (run.Tally is { Refused: > 0 } tally)
        {
            yield return Text(
                $"{tally.Refused} refused from {options.FirstClient} on to {options.To}, ")
                + $"the first for {CommandLineRefusal.Explain(tally.FirstRefusal)}"
                + (tally.FirstRefusal == Errno.EINVAL && !options.OverTcp
                    ? "; --first-client takes an address that can reach the server"
                    : "");
        }
        if (run.Unsent > 0)
            yield return Text($"{run.Unsent} queries fell due and were not sent: ")
                + Text($"no more than {options.Outstanding} may wait (--outstanding)");
        if (run.Dropped > 0)
            yield return Text($"{run.Dropped} answers found no room in our own sockets ")
                + "and may be among the lost (--ports)";
    }

    // Asked of the kernel: are the first and the last address ours, are there descriptors enough?
    static string? Impossible(LoadOptions options)
    {
        var clients = new Clients(options.FirstClient, options.Clients, options.Train);
        if (clients.Last is not { } last)
            return Text($"--clients {options.Clients}: ")
                + Text($"not so many addresses behind {options.FirstClient}");
        if (!IsOurs(options.FirstClient))
            return $"--first-client {options.FirstClient}: not an address of this host";
        if (!IsOurs(last))
            return Text($"--clients {options.Clients}: ")
                + $"the last would be {last}, not an address of this host";
        var (option, wanted) = options.OverTcp
            ? ("--outstanding", options.Outstanding)
            : ("--ports", options.Ports);
        return wanted <= Descriptors.Free
            ? null
            : Text($"{option} {wanted}: more sockets than there are descriptors (ulimit -n)");
    }

    static bool IsOurs(IPAddress address)
    {
        using var socket = Descriptor.Of(
            LibC.Socket(SockDomain.Inet, SockType.Datagram), "socket");
        return !LibC.Bind(socket.Fd, new SockAddrIn(new IPEndPoint(address, 0))).IsError;
    }

    static PosixSignalRegistration StopOn(PosixSignal signal, LoadRun run) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            run.Stop();
        });

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
