using Balancer.Daemon.Narration;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Daemon;

/// <summary>What the command line touches of the process.</summary>
/// <param name="Output">Where help and version go.</param>
/// <param name="Error">Where a refusal goes.</param>
/// <param name="Environment">The value of a variable; null: not set.</param>
/// <param name="IsTerminal">Whether it is people who read what is logged.</param>
internal sealed record Surroundings(
    TextWriter Output, TextWriter Error, Func<string, string?> Environment, bool IsTerminal)
{
    private const int StandardOutput = 1;

    /// <summary>
    /// Those of this process, its streams made sure of: to be asked for before all else.
    /// </summary>
    public static Surroundings OfProcess
    {
        get
        {
            StandardStreams.Secure();
            // Console.Out passes over a reader that has gone: a tap would go on for ever.
            var output = new FileStream(
                new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write,
                bufferSize: 0);
            return new(
                new StreamWriter(output) { AutoFlush = true }, Console.Error,
                System.Environment.GetEnvironmentVariable,
                !Console.IsOutputRedirected);
        }
    }
}
