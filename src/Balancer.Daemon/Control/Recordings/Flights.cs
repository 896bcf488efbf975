// FLIGHT RECORDERS of all loops, and the files that are made of them.
//
// A file is written when a backend that carried has faulted, a second later, so that what came of
// it is in it, and at most one a minute; and on SIGUSR2. The loops copy their memory, one memcpy;
// all else happens elsewhere. In the directory that was given the last few files are kept, those
// before are removed. Only their owner may read them: they hold addresses of clients.

using System.Globalization;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Daemon.Narration;
using Balancer.Rx;
using Balancer.Rx.Recording;

namespace Balancer.Daemon.Control.Recordings;

/// <summary>Keeps the last of what came in, until disposed.</summary>
internal sealed class Flights : IDisposable
{
    private const int MostFiles = 16;
    private const string Prefix = "flight-";

    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1),
        AtMostEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _removing = new();
    private readonly CompositeDisposable _parts = [];
    private readonly List<(Worker Worker, FlightRecorder Recorder)> _recorders = [];
    private readonly FlightOptions _options;
    private readonly Narrator _narrator;

    /// <summary>Takes its memory, and begins as soon as the loops run.</summary>
    /// <param name="workers">The loops.</param>
    /// <param name="options">How much, and where to.</param>
    /// <param name="requests">When somebody wants a file.</param>
    /// <param name="narrator">Told of each file.</param>
    public Flights(
        IReadOnlyList<Worker> workers, FlightOptions options, IObservable<Unit> requests,
        Narrator narrator)
    {
        (_options, _narrator) = (options, narrator);
        _parts.Add(requests.Subscribe(_ => Write("signal")));
        if (options.Megabytes == 0)
            return;
        foreach (var worker in workers)
        {
            var recorder = new FlightRecorder(
                worker.Plane, (options.Megabytes << 20) / workers.Count, worker.Scheduler);
            _recorders.Add((worker, recorder));
            _parts.Add(worker.Scheduler.Schedule(recorder.Start));
        }
        if (options.Directory is null)
            return;
        // Many may fault together; the first one names the file.
        _parts.Add(workers
            .Select(worker => worker.Facts)
            .Merge()
            .Select(fact => fact.Value)
            .OfType<BalancerEvent.BackendFaulted>()
            .Where(fault => fault.WasLive)
            .AtMostOnceIn(AtMostEvery, workers[0].Scheduler)
            .Delay(Aftermath, workers[0].Scheduler)
            .Subscribe(fault => Write($"backend-{fault.Id}")));
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();

    private void Write(string why) => Task.Run(async () =>
    {
        try
        {
            await WriteNow(why);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _narrator.FlightNotWritten(e.Message);
        }
        catch (ObjectDisposedException)
        {
            _narrator.FlightNotWritten("the daemon is about to end");
        }
    });

    private async Task WriteNow(string why)
    {
        var copies = await Task.WhenAll(_recorders.Select(flight => flight.Worker.Ask(() => (
            Flight: flight.Recorder.Copy(), Loop: flight.Worker.Share.Index,
            flight.Recorder.Gaps, flight.Recorder.TooLarge))));
        if (copies.All(copy => copy.Flight is null))
        {
            _narrator.FlightNotWritten(copies.Any(copy => copy.TooLarge > 0)
                ? "what is known does not fit: --flight-memory gives more room"
                : "nothing is kept");
            return;
        }
        var directory = _options.Directory ?? Path.GetTempPath();
        var time = DateTimeOffset.UtcNow.ToString(
            "yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var path = Path.Combine(
            directory, $"{Prefix}{time}-{why}{RecordingFile.Extension}");
        try
        {
            var parts = copies.Select(copy => copy.Flight?.Part(copy.Loop)).OfType<byte[]>();
            var length = WriteFile(path, [.. parts]);
            _narrator.FlightWritten(path, length, copies.Sum(copy => copy.Gaps));
        }
        finally
        {
            // A full disk may have left half a file: it counts.
            RemoveOlder(directory);
        }
    }

    private static long WriteFile(string path, byte[][] parts)
    {
        using var file = PrivateFile.Create(path);
        file.Write(RecordingFile.Head(VersionInfo.Number, parts.Length));
        foreach (var part in parts)
            file.Write(part);
        return file.Length;
    }

    // Names begin with the time, so their order is that of age.
    private void RemoveOlder(string directory)
    {
        if (_options.Directory is null)
            return;
        lock (_removing)
        {
            var files = Directory
                .GetFiles(directory, $"{Prefix}*{RecordingFile.Extension}")
                .Order(StringComparer.Ordinal)
                .ToArray();
            foreach (var file in files.SkipLast(MostFiles))
                File.Delete(file);
        }
    }
}
