using Balancer.Daemon.Narration;
using Balancer.Rx;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>A narrator and what it has said, from a level on.</summary>
internal sealed class Told : ILogEventSink
{
    const int TimeLength = 13;

    readonly TextFormatter _formatter = new(colours: false);

    public Told(LogEventLevel level = LogEventLevel.Verbose) => Narrator = new(
        new LoggerConfiguration().MinimumLevel.Is(level).WriteTo.Sink(this).CreateLogger());

    public Narrator Narrator { get; }

    public List<LogEvent> Events { get; } = [];

    /// <summary>The lines as people see them, without the time.</summary>
    public string[] Lines => [.. Events.Select(Text)];

    /// <summary>The only line there is.</summary>
    public string Line => Assert.Single(Lines);

    public void Emit(LogEvent logEvent) => Events.Add(logEvent);

    /// <summary>The narrator hears these facts.</summary>
    public Told Of(params BalancerEvent[] facts)
    {
        foreach (var fact in facts)
            Narrator.Tell(fact);
        return this;
    }

    string Text(LogEvent e)
    {
        var text = new StringWriter();
        _formatter.Format(e, text);
        return text.ToString()[TimeLength..].TrimEnd('\n');
    }
}
