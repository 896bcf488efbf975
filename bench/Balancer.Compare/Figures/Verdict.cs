namespace Balancer.Compare.Figures;

/// <summary>A target, what was measured, and whether that meets it.</summary>
/// <param name="Target">What is to be kept.</param>
/// <param name="Goal">By how much.</param>
/// <param name="Measured">The median and range.</param>
/// <param name="Met">Null: nothing was measured.</param>
sealed record Verdict(string Target, string Goal, string Measured, bool? Met)
{
    /// <summary>The median is what counts.</summary>
    public static Verdict AtMost(
        string target, double goal, Spread measured, string format = "0.000", string unit = "×") =>
        Of(target, $"≤ {Spread.Number(goal, "0.##")} {unit}", measured, format, unit,
            measured.Median <= goal);

    /// <inheritdoc cref="AtMost"/>
    public static Verdict AtLeast(
        string target, double goal, Spread measured, string format = "0.000", string unit = "×") =>
        Of(target, $"≥ {Spread.Number(goal, "0.##")} {unit}", measured, format, unit,
            measured.Median >= goal);

    /// <summary>A line of the table of targets.</summary>
    public string Line(string part) => $"| {part} {Line()}";

    /// <summary>The same where there are no parts.</summary>
    public string Line()
    {
        var met = Met switch { true => "met", false => "**not met**", null => "not measured" };
        return $"| {Target} | {Goal} | {Measured} | {met} |";
    }

    static Verdict Of(
        string target, string goal, Spread measured, string format, string unit, bool met) =>
        double.IsNaN(measured.Median)
            ? new(target, goal, "–", null)
            : new(target, goal.Trim(), $"{measured.Text(format)} {unit}".Trim(), met);
}
