using Balancer.Compare.Contenders;

namespace Balancer.Faults.Causing;

/// <summary>What bench/faults was asked for.</summary>
/// <param name="Command">How it was asked for, as one would type it.</param>
/// <param name="Commit">What is measured.</param>
/// <param name="Rounds">How often each row is caused.</param>
/// <param name="Rate">Queries a second.</param>
/// <param name="Rows">The names of the rows.</param>
/// <param name="Contenders">The names of those to whom it is done.</param>
/// <param name="Markdown">A file for the table; null: only printed.</param>
/// <param name="Tools">The programs built for this.</param>
sealed record FaultsOptions(
    string Command, string Commit, int Rounds, int Rate, IReadOnlyList<string> Rows,
    IReadOnlyList<string> Contenders, string? Markdown, Tools Tools);
