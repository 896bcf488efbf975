// THE LOG: Serilog, a bounded queue, and lines on stdout.
//
// The loop hands a line to a queue of 10,000 and goes on; a thread of its own writes. A stdout that
// is slow, blocked, closed or broken costs lines, never the loop's time and never the process; lost
// lines are counted, and the next summary tells how many. Not promised: that every line arrives.

using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Sinks.Async;

namespace Balancer.Daemon.Narration;

/// <summary>The log of a process: from creation until it is disposed.</summary>
internal sealed class Logs : IDisposable
{
    private const int QueueLines = 10_000;

    // A stdout that nobody reads would hold the last lines, and with them the exit, for ever.
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(1);

    private readonly QueueMonitor _monitor = new();
    private readonly LoggingLevelSwitch _level;

    private Logs(
        LogOptions options, Action<LoggerSinkConfiguration, ITextFormatter> sink, int queue)
    {
        _level = new(SerilogLevel(options.Level));
        Logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(_level)
            .WriteTo.Async(
                to => sink(to, FormatterOf(options)), _monitor, queue, blockWhenFull: false)
            .CreateLogger();
    }

    /// <summary>Where sentences go.</summary>
    public Logger Logger { get; }

    /// <summary>Lines that were lost since the queue was full.</summary>
    public long Dropped => _monitor.Dropped;

    /// <summary>This is the lowest level that is told, from now on.</summary>
    public void Settle(LogLevel level) => _level.MinimumLevel = SerilogLevel(level);

    /// <summary>A log to stdout.</summary>
    public static Logs Create(LogOptions options) =>
        Create(options, (to, formatter) => to.Console(formatter));

    /// <summary>A log to somewhere else.</summary>
    public static Logs Create(
        LogOptions options, Action<LoggerSinkConfiguration, ITextFormatter> sink,
        int queueLines = QueueLines) => new(options, sink, queueLines);

    /// <summary>Writes what is queued, as far as that can be done in a second.</summary>
    public void Dispose() => Task.Run(Logger.Dispose).Wait(FlushPatience);

    private static ITextFormatter FormatterOf(LogOptions options) => options.Format switch
    {
        LogFormat.Bunyan => new BunyanFormatter(),
        LogFormat.Json => new CompactJsonFormatter(),
        LogFormat.Text => new TextFormatter(options.Colours),
        LogFormat.Journal => new JournalFormatter(),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    private static LogEventLevel SerilogLevel(LogLevel level) =>
        (LogEventLevel)((int)level / 10 - 1);

    private sealed class QueueMonitor : IAsyncLogEventSinkMonitor
    {
        private IAsyncLogEventSinkInspector? _queue;

        public long Dropped => _queue?.DroppedMessagesCount ?? 0;

        public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => _queue = inspector;

        // The last count stays readable after the end.
        public void StopMonitoring(IAsyncLogEventSinkInspector inspector) { }
    }
}
