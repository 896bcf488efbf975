using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Balancer.Daemon.Demo;

/// <summary>Which backend of the demo has answered whom.</summary>
/// <param name="Backend">The backend's name: 5301, 5302 or 5303.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Transport">UDP or TCP.</param>
internal readonly record struct DemoAnswer(string Backend, string Client, string Transport);

/// <summary>
/// Three DNS servers, each a process of its own, listening in a directory of their own that only
/// its owner can enter and that goes when they go.
/// </summary>
internal sealed class DemoBackends : IDisposable
{
    private static readonly string[] Names = ["5301", "5302", "5303"];

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);

    /// <summary>How many there are.</summary>
    public static int Count => Names.Length;

    private readonly CompositeDisposable _running = [];

    private DemoBackends(string program, string directory)
    {
        Directory = directory;
        _running.Add(Disposable.Create(
            () => System.IO.Directory.Delete(directory, recursive: true)));
        try
        {
            var processes = Names.Select(name => Start(program, name)).ToArray();
            Answers = processes
                .Zip(Names, (process, name) => process.Lines
                    .Where(line => line != DemoBackend.Ready)
                    .Select(line => AnswerOf(name, line)))
                .Merge();
            Processes = Names
                .Zip(processes, (name, process) => process.Id.Select(id => (name, id)))
                .Merge();
            foreach (var process in processes)
                process.Lines.FirstAsync().Timeout(ReadyWithin).Wait();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the backends listen: the socket directory for the balancer.</summary>
    public string Directory { get; }

    /// <summary>Every answer given from here on, on threads of the backends' readers.</summary>
    public IObservable<DemoAnswer> Answers { get; }

    /// <summary>The number of each process: at once, and again when it was started anew.</summary>
    public IObservable<(string Backend, int Process)> Processes { get; }

    /// <summary>Starts the three; they listen when this returns.</summary>
    /// <param name="program">This executable, or another build of it.</param>
    /// <exception cref="IOException">The directory could not be made.</exception>
    public static DemoBackends Start(string program) =>
        // Owner only (0700), with a random name.
        new(program, System.IO.Directory.CreateTempSubdirectory("balancer-demo-").FullName);

    /// <summary>Ends the backends and removes the directory.</summary>
    public void Dispose()
    {
        // Last in, first out: the directory goes when nobody listens in it any more.
        foreach (var part in _running.Reverse())
            part.Dispose();
    }

    private DemoProcess Start(string program, string name)
    {
        var process = new DemoProcess(program, Path.Combine(Directory, name));
        _running.Add(process);
        return process;
    }

    private static DemoAnswer AnswerOf(string name, string line) =>
        line.Split(' ') is [var client, var transport]
            ? new(name, client, transport.ToUpperInvariant())
            : new(name, line, "");
}
