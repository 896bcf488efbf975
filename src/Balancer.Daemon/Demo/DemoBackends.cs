using System.Net;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Backend;

namespace Balancer.Daemon.Demo;

/// <summary>Which backend of the demo has answered whom.</summary>
/// <param name="Backend">The backend's name: 5301, 5302 or 5303.</param>
/// <param name="Query">What it was asked, and by which client.</param>
internal sealed record DemoAnswer(string Backend, Query Query);

/// <summary>
/// Three DNS servers in this process, listening in a directory of their own that only its owner can
/// enter and that goes when they go. Asked for TXT each names itself and the client; asked for A it
/// says 127.0.0.1, .2 or .3.
/// </summary>
internal sealed class DemoBackends : IDisposable
{
    private static readonly string[] Names = ["5301", "5302", "5303"];

    /// <summary>How many there are.</summary>
    public static int Count => Names.Length;

    private readonly CompositeDisposable _running = [];

    private DemoBackends(string directory)
    {
        Directory = directory;
        _running.Add(Disposable.Create(
            () => System.IO.Directory.Delete(directory, recursive: true)));
        try
        {
            Answers = Names.Select(Start).ToArray().Merge();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the backends listen: the socket directory for the balancer.</summary>
    public string Directory { get; }

    /// <summary>Every answer given from here on, one at a time, on threads of the pool.</summary>
    public IObservable<DemoAnswer> Answers { get; }

    /// <summary>Starts the three; they listen when this returns.</summary>
    /// <exception cref="IOException">The directory or a socket could not be made.</exception>
    public static DemoBackends Start() =>
        // Owner only (0700), with a random name.
        new(System.IO.Directory.CreateTempSubdirectory("balancer-demo-").FullName);

    /// <summary>Ends the backends and removes the directory.</summary>
    public void Dispose()
    {
        // Last in, first out: the directory goes when nobody listens in it any more.
        foreach (var part in _running.Reverse())
            part.Dispose();
    }

    private IObservable<DemoAnswer> Start(string name)
    {
        var server = BackendServer.Listen(Path.Combine(Directory, name));
        _running.Add(server);
        var answers = server.Queries.Do(query => Answer(name, query)).Publish();
        _running.Add(answers.Connect());
        return answers.Select(query => new DemoAnswer(name, query));
    }

    private static void Answer(string name, Query query)
    {
        var transport = query.Transport is QueryTransport.Udp ? "udp" : "tcp";
        var text = $"backend={name} client={query.Client.Address} transport={transport}";
        var address = new IPAddress([127, 0, 0, (byte)(name[^1] - '0')]);
        if (DemoAnswers.To(query.Message.Span, text, address) is { } answer)
            query.Answer(answer);
        else
            query.Decline();
    }
}
