using Balancer.Daemon.Narration;

namespace Balancer.Daemon;

/// <summary>What the command line touches of the process.</summary>
/// <param name="Output">Where help and version go.</param>
/// <param name="Error">Where a refusal goes.</param>
/// <param name="Environment">The value of a variable; null: not set.</param>
/// <param name="IsTerminal">Whether it is people who read what is logged.</param>
internal sealed record Surroundings(
    TextWriter Output, TextWriter Error, Func<string, string?> Environment, bool IsTerminal)
{
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
                !Console.IsOutputRedirected);
        }
    }
}
