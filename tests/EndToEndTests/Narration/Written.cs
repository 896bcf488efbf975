using Balancer.Daemon.Narration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Balancer.EndToEndTests.Narration;

/// <summary>A log whose lines go to memory instead of stdout, through the same queue.</summary>
internal static class Written
{
    /// <summary>What such a log has written when all of it has been said.</summary>
    public static string By(LogOptions options, Action<Narrator, Serilog.ILogger> saying)
    {
        var text = new StringWriter();
        using (var logs = Logs.Create(
            options, (to, formatter) => to.Sink(new Sink(text, formatter))))
        {
            saying(new(logs.Logger), logs.Logger);
        }
        return text.ToString();
    }

    sealed class Sink(TextWriter text, ITextFormatter formatter) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => formatter.Format(logEvent, text);
    }
}
