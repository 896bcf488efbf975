namespace Balancer.Compare.Figures;

/// <summary>What a part has found.</summary>
/// <param name="Part">Its name, as --only takes it.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Text">How it was measured, and what to know when reading it.</param>
/// <param name="Sheet">The figures; none if they could not be had, as the text says then.</param>
/// <param name="Verdicts">The targets.</param>
sealed record Finding(
    string Part, string Title, string Text, Sheet? Sheet, IReadOnlyList<Verdict> Verdicts);
