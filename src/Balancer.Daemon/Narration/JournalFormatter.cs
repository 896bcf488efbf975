using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace Balancer.Daemon.Narration;

/// <summary>
/// Lines for systemd's journal: <c>&lt;6&gt;new backend  be_id=5301</c>. The number is syslog's
/// priority, which the journal takes off and keeps (sd-daemon(3)), so that <c>journalctl -p
/// warning</c> finds what is wrong; the time is the journal's own.
/// </summary>
internal sealed class JournalFormatter : ITextFormatter
{
    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var priority = $"<{PriorityOf(logEvent.Level)}>";
        output.Write(priority);
        output.Write(logEvent.RenderMessage(CultureInfo.InvariantCulture));
        TextFormatter.WriteFields(logEvent, output.Write);
        output.Write('\n');
        // Each line is an entry of its own there.
        foreach (var line in $"{logEvent.Exception}".Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            output.Write($"{priority}{line}\n");
    }

    private static int PriorityOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => 2,
        LogEventLevel.Error => 3,
        LogEventLevel.Warning => 4,
        LogEventLevel.Information => 6,
        _ => 7,
    };
}
