using System.ComponentModel;
using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Balancer.Daemon.Demo;

/// <summary>
/// A backend of the demo as a process that is started again a second after it has died, whoever has
/// killed it.
/// </summary>
internal sealed class DemoProcess : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly BehaviorSubject<int> _id = new(0);
    private readonly IConnectableObservable<string> _lines;
    private readonly IDisposable _running;

    /// <summary>Starts it; <see cref="Lines"/> begins with its first line.</summary>
    /// <param name="program">This executable.</param>
    /// <param name="path">Where it listens.</param>
    public DemoProcess(string program, string path)
    {
        var life = Observable.Defer(() => Life(program, path));
        // It must not run hot where it cannot be started at all.
        _lines = life
            .Catch((Win32Exception _) => Observable.Empty<string>())
            .Concat(Observable.Timer(Pause).SelectMany(_ => Observable.Empty<string>()))
            .Repeat()
            .Replay(1);
        _running = _lines.Connect();
    }

    /// <summary>What it writes, through all its lives; the last line at once.</summary>
    public IObservable<string> Lines => _lines;

    /// <summary>The number of the process; again after each start.</summary>
    public IObservable<int> Id => _id.Where(id => id != 0);

    /// <inheritdoc/>
    public void Dispose() => _running.Dispose();

    // Its lines, one life long. Whoever disposes of them ends it.
    private IObservable<string> Life(string program, string path) =>
        Observable.Create<string>(observer =>
        {
            var process = Process.Start(new ProcessStartInfo(program, [DemoBackend.Verb, path])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            var output = process.StandardOutput;
            _id.OnNext(process.Id);
            var reading = NewThreadScheduler.Default.ScheduleLongRunning(_ =>
            {
                while (output.ReadLine() is { } line)
                    observer.OnNext(line);
                observer.OnCompleted();
            });
            return new CompositeDisposable(reading, Disposable.Create(() =>
            {
                process.StandardInput.Close();
                process.WaitForExit();
                process.Dispose();
            }));
        });
}
