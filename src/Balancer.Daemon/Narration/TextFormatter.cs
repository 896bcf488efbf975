using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace Balancer.Daemon.Narration;

/// <summary>
/// Lines for people: <c>10:31:02.118 INFO  new backend  be_id=5301 be_path=/run/s/5301</c>, in
/// local time, the fields dimmed and what is wrong coloured where that can be seen.
/// </summary>
internal sealed class TextFormatter(bool colours) : ITextFormatter
{
    private const string Plain = "\e[0m";
    private const string Dim = "\e[2m";

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.ToString(
            "HH:mm:ss.fff ", CultureInfo.InvariantCulture));
        var (name, colour) = Looks(logEvent.Level);
        Write(output, colour, name);
        output.Write(' ');
        Write(output, colour, logEvent.RenderMessage(CultureInfo.InvariantCulture));
        WriteFields(logEvent, text => Write(output, Dim, text));
        output.Write('\n');
        if (logEvent.Exception is { } exception)
            output.WriteLine(exception);
    }

    /// <summary>Two spaces and the fields, if there are any.</summary>
    public static void WriteFields(LogEvent logEvent, Action<string> write)
    {
        if (logEvent.Properties.Count == 0)
            return;
        write("  " + string.Join(' ', logEvent.Properties.Select(
            field => $"{field.Key}={Shown(field.Value)}")));
    }

    private void Write(TextWriter output, string colour, string text)
    {
        var coloured = colours && colour.Length > 0;
        output.Write(coloured ? $"{colour}{text}{Plain}" : text);
    }

    // Names of files and words of backends are not ours: no control character reaches a terminal.
    internal static string Shown(LogEventPropertyValue value)
    {
        var text = value is ScalarValue { Value: string s }
            ? s
            : value.ToString(null, CultureInfo.InvariantCulture);
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length == 0 || clean.AsSpan().ContainsAny(' ', '"') ? $"\"{clean}\"" : clean;
    }

    private static (string Name, string Colour) Looks(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => ("TRACE", Dim),
        LogEventLevel.Debug => ("DEBUG", Dim),
        LogEventLevel.Information => ("INFO ", ""),
        LogEventLevel.Warning => ("WARN ", "\e[33m"),
        LogEventLevel.Error => ("ERROR", "\e[31m"),
        _ => ("FATAL", "\e[1;31m"),
    };
}
