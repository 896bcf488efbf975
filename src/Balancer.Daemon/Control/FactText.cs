using Balancer.Daemon.Narration;
using Balancer.Rx;
using Serilog;
using Serilog.Events;

namespace Balancer.Daemon.Control;

/// <summary>
/// What the log would say of a fact, as one line: the narrator's sentence and its fields, so that
/// there is one place where facts get their words. What has a field of its own in
/// <see cref="FactView"/> is left out. To be used off the loops.
/// </summary>
internal static class FactText
{
    /// <summary>What stands beside the text already.</summary>
    private static readonly HashSet<string> Elsewhere =
        ["be_id", "remote_ip", "remote_port", "end"];

    /// <summary>The words of this fact.</summary>
    public static string Of(BalancerEvent fact)
    {
        // A narrator of its own for each: it would keep the names of what it has once told of.
        var listener = new Listener();
        new Narrator(listener).Tell(fact);
        return string.Join("; ", listener.Lines.Select(TextOf));
    }

    private static string TextOf(LogEvent line)
    {
        var fields = line.Properties
            .Where(field => !Elsewhere.Contains(field.Key))
            .Select(field => $"{field.Key}={TextFormatter.Shown(field.Value)}")
            .ToArray();
        return fields.Length == 0
            ? line.MessageTemplate.Text
            : $"{line.MessageTemplate.Text} ({string.Join(' ', fields)})";
    }

    private sealed class Listener : ILogger
    {
        public List<LogEvent> Lines { get; } = [];

        public void Write(LogEvent logEvent) => Lines.Add(logEvent);
    }
}
