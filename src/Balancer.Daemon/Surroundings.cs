using Balancer.Daemon.Narration;
using Balancer.Daemon.Native;

namespace Balancer.Daemon;

/// <summary>What the command line touches of the process.</summary>
/// <param name="Output">Where help and version go.</param>
/// <param name="Error">Where a refusal goes.</param>
/// <param name="Environment">The value of a variable; null: not set.</param>
/// <param name="IsTerminal">Whether it is people who read what is logged.</param>
/// <param name="IsJournal">Whether it is systemd's journal.</param>
internal sealed record Surroundings(
    TextWriter Output, TextWriter Error, Func<string, string?> Environment, bool IsTerminal,
    bool IsJournal = false)
{
    private const int Stdout = 1;

    /// <summary>
    /// Those of this process, its streams made sure of: to be asked for before all else.
    /// </summary>
    public static Surroundings OfProcess
    {
        get
        {
            StandardStreams.Secure();
            return new(
                new StreamWriter(new StandardOutput()) { AutoFlush = true }, Console.Error,
                System.Environment.GetEnvironmentVariable,
                !Console.IsOutputRedirected,
                IsTheJournal(System.Environment.GetEnvironmentVariable("JOURNAL_STREAM")));
        }
    }

    // systemd names the device and the inode of the stream it gave us; what we start may have been
    // given another, and the variable as well.
    private static bool IsTheJournal(string? stream) =>
        stream is { Length: > 0 }
        && !LibC.StatxOf(Stdout, out var output).IsError
        && stream == $"{output.Device}:{output.Inode}";
}
