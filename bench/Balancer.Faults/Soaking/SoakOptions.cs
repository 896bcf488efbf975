using Balancer.Compare.Contenders;

namespace Balancer.Faults.Soaking;

/// <summary>What bench/soak was asked for.</summary>
/// <param name="Command">How it was asked for, as one would type it.</param>
/// <param name="Commit">What is measured.</param>
/// <param name="Time">How long all comes and goes.</param>
/// <param name="Seed">What all that is random is drawn from.</param>
/// <param name="Node">Where server.js and its packages are; null: no backends of that kind.</param>
/// <param name="Markdown">A file for the table; null: only printed.</param>
/// <param name="Tools">The programs built for this.</param>
sealed record SoakOptions(
    string Command, string Commit, TimeSpan Time, int Seed, string? Node, string? Markdown,
    Tools Tools);
