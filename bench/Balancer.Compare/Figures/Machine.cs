using System.Diagnostics;
using System.Globalization;

namespace Balancer.Compare.Figures;

/// <summary>Where and what was measured, for the head of the report.</summary>
static class Machine
{
    public static IEnumerable<string> Lines(string command, string commit, string busy) =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"Measured {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC by `{command}`:"),
        "",
        $"- machine: {Said("uname", "-srm")}, {Environment.ProcessorCount} cores, {Processor()}",
        $"- load average when it began: {busy}",
        $"- commit: {commit}",
    ];

    /// <summary>How busy the machine is, over the last 1, 5 and 15 minutes.</summary>
    public static string LoadAverage() =>
        string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    static string Processor() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
        ?.Split(':')[1].Trim() ?? "an unnamed processor";

    /// <summary>The first line that a program says. nginx tells its version on the other stream.
    /// </summary>
    public static string Said(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return said.Split('\n')[0].Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"no {program}";
        }
    }
}
