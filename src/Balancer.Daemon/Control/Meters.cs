using System.Diagnostics.Metrics;
using System.Reactive.Threading.Tasks;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Control;

/// <summary>
/// The same numbers as instruments of <see cref="System.Diagnostics.Metrics"/>, for dotnet-counters
/// and OpenTelemetry: meter <c>Balancer</c>. Asked on a thread of the listener's; the loops are
/// asked at most once a second, and nobody is when nobody listens. Histograms are left out: an
/// instrument of that kind would have to be told of every datagram.
/// </summary>
internal sealed class Meters : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Meter _meter = new("Balancer", VersionInfo.Number);
    private readonly Lock _lock = new();
    private readonly DoorContext _door;
    private DaemonStatus _last = new();
    private TimeSpan? _takenAt;

    /// <summary>Instruments until disposed.</summary>
    public Meters(DoorContext door)
    {
        _door = door;
        foreach (var family in MetricFamilies.All)
        {
            if (family.Kind == MetricKind.Counter)
                _meter.CreateObservableCounter(
                    family.Name, () => Read(family), family.Unit, family.Help);
            else if (family.Kind == MetricKind.Gauge)
                _meter.CreateObservableGauge(
                    family.Name, () => Read(family), family.Unit, family.Help);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Measurement<double>[] Read(MetricFamily family) =>
    [
        .. family.Read(Fresh()).Select(sample => new Measurement<double>(
            sample.Value,
            sample.Labels.Select(label => KeyValuePair.Create(label.Name, (object?)label.Value)))),
    ];

    private DaemonStatus Fresh()
    {
        lock (_lock)
        {
            // Not yet taken: the comparison does not hold.
            if (_door.Uptime - _takenAt < Freshness)
                return _last;
            using var patience = new CancellationTokenSource(Freshness);
            var status = _door.Status.Now().ToTask(patience.Token);
            try
            {
                _last = status.GetAwaiter().GetResult();
                _takenAt = _door.Uptime;
            }
            catch (OperationCanceledException)
            {
                // A loop that does not answer: what was last known is told again.
                _takenAt = _door.Uptime;
            }
            return _last;
        }
    }
}
