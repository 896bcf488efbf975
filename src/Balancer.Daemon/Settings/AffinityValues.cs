using System.Globalization;
using Balancer.Rx;

namespace Balancer.Daemon.Settings;

/// <summary>Text to values, of whose a client is: as <see cref="CommandLineValues"/>.</summary>
internal static class AffinityValues
{
    /// <summary>How much a backend gets beside others: ID=WEIGHT.</summary>
    public static Reading<KeyValuePair<BackendId, int>> Weight(string text) =>
        OfBackend(text) is { } of
            ? of
            : new Refusal(
                $"not a backend and its weight, as 5301=2 (1 to {BackendPolicy.Most})");

    /// <summary>That a backend is a standby, and of which order: ID or ID=ORDER.</summary>
    public static Reading<KeyValuePair<BackendId, int>> Standby(string text) =>
        OfBackend(text.Contains('=', StringComparison.Ordinal) ? text : $"{text}=1") is { } of
            ? of
            : new Refusal("not a backend, as 5303, or a backend and its order, as 5304=2 "
                + $"(1 to {BackendPolicy.Most})");

    private static KeyValuePair<BackendId, int>? OfBackend(string text) =>
        text.Split('=') is [var id, var number]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var backend)
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && backend > 0 && value is > 0 and <= BackendPolicy.Most
            ? new(new(backend), value)
            : null;
}
