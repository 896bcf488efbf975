using System.Globalization;
using System.Text;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Control;

/// <summary>The table of metrics as text, in Prometheus' exposition format 0.0.4.</summary>
internal static class Exposition
{
    /// <summary>Its content type.</summary>
    public const string ContentType = "text/plain; version=0.0.4";

    /// <summary>All families of this status.</summary>
    public static string Of(DaemonStatus status)
    {
        var text = new StringBuilder();
        foreach (var family in MetricFamilies.All)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"# HELP {family.Name} {Escaped(family.Help)}\n");
            text.Append(CultureInfo.InvariantCulture,
                $"# TYPE {family.Name} {family.Kind.ToString().ToLowerInvariant()}\n");
            foreach (var sample in family.Read(status))
                Append(text, family.Name, sample);
        }
        return text.ToString();
    }

    /// <summary>A number as Prometheus reads it.</summary>
    public static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, string name, Sample sample)
    {
        text.Append(name).Append(sample.Suffix);
        if (sample.Labels.Length > 0)
        {
            var labels = sample.Labels.Select(label =>
                $"{label.Name}=\"{Escaped(label.Value).Replace("\"", "\\\"")}\"");
            text.Append('{').AppendJoin(',', labels).Append('}');
        }
        text.Append(' ').Append(Number(sample.Value)).Append('\n');
    }

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\").Replace("\n", "\\n");
}
