using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Balancer.Compare.Running;

/// <summary>How a load asks: arguments for balancer-load.</summary>
sealed record Load(params IReadOnlyList<string> Arguments)
{
    /// <summary>As much as is answered, over UDP: 192 outstanding, in trains of eight.</summary>
    public static Load Saturating(int clients) => Saturating(clients, 8);

    /// <summary>The same in trains of another length; 1: each client asks once in turn.</summary>
    public static Load Saturating(int clients, int train) => new(
        "--outstanding", "192", "--ports", "16", "--train", Text(train),
        "--clients", Text(clients));

    /// <summary>So many queries a second whatever becomes of them.</summary>
    public static Load Steady(int rate, int clients) => new(
        "--rate", Text(rate), "--outstanding", "4096", "--ports", "16", "--clients", Text(clients));

    /// <summary>A connection each query, 64 at a time.</summary>
    public static Load Connections(int clients) => new(
        "--tcp", "--outstanding", "64", "--clients", Text(clients));

    /// <summary>One query from each of so many clients.</summary>
    public static Load Strangers(int clients) => new(
        "--outstanding", "192", "--ports", "16", "--clients", Text(clients),
        "--count", Text(clients));

    /// <summary>For so long.</summary>
    public Load For(double seconds) =>
        new([.. Arguments, "--for", seconds.ToString(CultureInfo.InvariantCulture)]);

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
