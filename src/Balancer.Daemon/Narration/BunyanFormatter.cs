using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace Balancer.Daemon.Narration;

/// <summary>
/// Lines as the original wrote them: bunyan's JSON, version 0. The fixed fields come first; fields
/// of the sentence follow under the original's names.
/// </summary>
/// <param name="hostname">The host.</param>
/// <param name="processId">The process.</param>
internal sealed class BunyanFormatter(string hostname, int processId) : ITextFormatter
{
    private const string Name = "mname-balancer";

    private static readonly JsonValueFormatter Values = new(typeTagName: null);

    /// <summary>For this process.</summary>
    public BunyanFormatter() : this(Environment.MachineName, Environment.ProcessId) { }

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"v\":0,\"level\":");
        output.Write(((int)logEvent.Level + 1) * 10);
        output.Write($",\"name\":\"{Name}\",\"hostname\":");
        JsonValueFormatter.WriteQuotedJsonString(hostname, output);
        output.Write(",\"pid\":");
        output.Write(processId);
        output.Write(",\"time\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write("\",\"msg\":");
        JsonValueFormatter.WriteQuotedJsonString(
            logEvent.RenderMessage(CultureInfo.InvariantCulture), output);
        foreach (var (field, value) in logEvent.Properties)
        {
            output.Write(',');
            JsonValueFormatter.WriteQuotedJsonString(field, output);
            output.Write(':');
            Values.Format(value, output);
        }
        if (logEvent.Exception is { } exception)
            WriteError(exception, output);
        output.Write("}\n");
    }

    // As bunyan's own serializer has it: its program shows the stack below the line.
    private static void WriteError(Exception exception, TextWriter output)
    {
        output.Write(",\"err\":{\"message\":");
        JsonValueFormatter.WriteQuotedJsonString(exception.Message, output);
        output.Write(",\"name\":");
        JsonValueFormatter.WriteQuotedJsonString(exception.GetType().Name, output);
        output.Write(",\"stack\":");
        JsonValueFormatter.WriteQuotedJsonString(exception.ToString(), output);
        output.Write('}');
    }
}
