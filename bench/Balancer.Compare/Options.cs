using Balancer.Compare.Contenders;

namespace Balancer.Compare;

/// <summary>What the command line asked for.</summary>
/// <param name="Command">How it was asked for, as one would type it.</param>
/// <param name="Commit">What is measured.</param>
/// <param name="Rounds">How often each is measured.</param>
/// <param name="Seconds">How long each time.</param>
/// <param name="Parts">The names of the parts.</param>
/// <param name="Contenders">The names of the contenders.</param>
/// <param name="Markdown">A file for the report; null: only printed.</param>
/// <param name="Tools">The programs built for this.</param>
sealed record Options(
    string Command, string Commit, int Rounds, double Seconds, IReadOnlyList<string> Parts,
    IReadOnlyList<string> Contenders, string? Markdown, Tools Tools);
