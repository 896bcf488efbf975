using System.Net;
using System.Reactive.Linq;
using Balancer.Backend;

namespace Balancer.Daemon.Demo;

/// <summary>
/// <c>balancer demo-backend PATH</c>: one DNS server of the demo, a process of its own so that it
/// can be killed. Asked for TXT it names itself and the client; asked for A it says 127.0.0.1, .2
/// or .3. It tells each answer on stdout, and ends when its stdin does: with the demo.
/// </summary>
static class DemoBackend
{
    /// <summary>What is typed for it; nobody but the demo does.</summary>
    public const string Verb = "demo-backend";

    /// <summary>The first line, once it listens.</summary>
    public const string Ready = "ready";

    /// <summary>Serves until stdin ends; the exit code.</summary>
    public static int Run(string path)
    {
        var name = Path.GetFileName(path);
        using var server = BackendServer.Listen(path);
        using var serving = server.Queries.Subscribe(query =>
        {
            Answer(name, query);
            Console.WriteLine($"{query.Client.Address} {WordOf(query.Transport)}");
        });
        // Ctrl-C in a terminal is for the demo, which then ends this.
        using var interrupts = Signals.Interrupt.Subscribe();
        Console.WriteLine(Ready);
        while (Console.Read() >= 0)
        {
        }
        return 0;
    }

    static void Answer(string name, Query query)
    {
        var text = $"backend={name} client={query.Client.Address} "
            + $"transport={WordOf(query.Transport)}";
        var address = new IPAddress([127, 0, 0, (byte)(name[^1] - '0')]);
        if (DemoAnswers.To(query.Message.Span, text, address) is { } answer)
            query.Answer(answer);
        else
            query.Decline();
    }

    static string WordOf(QueryTransport transport) =>
        transport is QueryTransport.Udp ? "udp" : "tcp";
}
