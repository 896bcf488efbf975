using System.Globalization;

namespace Balancer.Compare.Running;

/// <summary>What a process and its children have used, as /proc tells.</summary>
/// <param name="Cpu">User and system time of all threads, in ticks of 10 ms.</param>
/// <param name="Resident">Bytes in memory now; pages shared by two processes count twice.</param>
readonly record struct Usage(TimeSpan Cpu, long Resident)
{
    const int TicksPerSecond = 100;

    public static Usage Of(int process) => Family(process)
        .Select(OfOne)
        .Aggregate((sum, one) => new(sum.Cpu + one.Cpu, sum.Resident + one.Resident));

    /// <summary>The process and all that descend from it.</summary>
    public static IEnumerable<int> Family(int process) => Directory
        .EnumerateDirectories($"/proc/{process}/task")
        .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' '))
        .Where(child => child.Trim() != "")
        .SelectMany(child => Family(Number(child)))
        .Prepend(process);

    static Usage OfOne(int process)
    {
        // The name, second of the fields, is in parentheses and may hold spaces.
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ');
        var seconds = (Number(fields[12]) + Number(fields[13])) / (double)TicksPerSecond;
        var resident = File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(TimeSpan.FromSeconds(seconds), Number(resident[^2]) * 1024L);
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
