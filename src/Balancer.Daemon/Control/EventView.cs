using System.Reactive;
using Balancer.Rx;

namespace Balancer.Daemon.Control;

/// <summary>
/// A remembered fact as readers see it: one flat JSON object, with the narrator's words. Made off
/// the loops.
/// </summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Loop">On which loop, from 0.</param>
/// <param name="Kind">The event's name in small letters: <c>backend-faulted</c>.</param>
/// <param name="Backend">The backend's number.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Text">What the log says of it.</param>
internal sealed record EventView(
    DateTime At, int Loop, string Kind, int? Backend, string? Client, string Text)
{
    /// <summary>This fact of this loop.</summary>
    public static EventView Of(int loop, Timestamped<BalancerEvent> fact, BackendNames names)
    {
        var fields = FactFields.Of(fact.Value);
        return new(
            fact.Timestamp.UtcDateTime, loop, FactWords.Kinds[(int)fields.Kind],
            fields.Backend == 0 ? null : names.Told(loop, new(fields.Backend)),
            fields.Client is { } client ? $"{client.Address}" : null,
            FactText.Of(fact.Value));
    }

    /// <summary><c>PrimaryDown</c> is primary-down.</summary>
    public static string WordOf(string name) => FactWords.WordOf(name);
}
