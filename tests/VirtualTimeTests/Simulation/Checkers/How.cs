using System.Globalization;
using System.Runtime.CompilerServices;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// How a rule was broken. Text is made of it only if the rule does not hold: rules hold a million
/// times for each time that they do not.
/// </summary>
[InterpolatedStringHandler]
ref struct How
{
    DefaultInterpolatedStringHandler _text;

    public How(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        if (isWanted)
            _text = new(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Text() => _text.ToStringAndClear();
}
