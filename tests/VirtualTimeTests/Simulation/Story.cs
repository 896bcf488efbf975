using System.Globalization;
using System.Text;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// What happened, as a timeline: what the simulator did and what the core had to say. The latest
/// lines are kept, and are made into text only when somebody wants to read them.
/// </summary>
sealed class Story(int lines, Func<TimeSpan> now)
{
    /// <summary>So many lines tell how it came to a failure.</summary>
    public const int Usual = 200;

    readonly Queue<(TimeSpan At, string Who, object What)> _lines = new();

    /// <summary>How many lines are kept no more.</summary>
    public int Forgotten { get; private set; }

    public void Tell(string who, object what)
    {
        if (_lines.Count == lines)
        {
            _lines.Dequeue();
            Forgotten++;
        }
        _lines.Enqueue((now(), who, what));
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        if (Forgotten > 0)
            text.Append(CultureInfo.InvariantCulture, $"  … {Forgotten} lines before\n");
        foreach (var (at, who, what) in _lines)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {at.TotalSeconds,12:0.000000} s  {who,-8} {what}\n");
        }
        return text.ToString();
    }
}
