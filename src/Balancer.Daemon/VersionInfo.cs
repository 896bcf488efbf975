using System.Reflection;
using System.Runtime.InteropServices;
using DynamicData;

namespace Balancer.Daemon;

/// <summary>What this build is, as far as it knows.</summary>
internal static class VersionInfo
{
    private const string RealDynamicData = "DynamicData";

    private static readonly string[] Informational = typeof(VersionInfo).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
        .InformationalVersion.Split('+', 2) ?? ["0.0.0"];

    /// <summary>The version, without the commit.</summary>
    public static string Number => Informational[0];

    /// <summary>The commit it was built from, shortened; null if the build did not say.</summary>
    public static string? Commit { get; } =
        Informational is [_, { Length: > 0 } commit] ? commit[..Math.Min(commit.Length, 12)] : null;

    /// <summary>The assembly in which the reactive caches are: its name tells the truth.</summary>
    public static string ReactiveAssembly { get; } =
        typeof(ChangeReason).Assembly.GetName().Name ?? "";

    /// <summary>Which side of ADR 0002 is in: <c>compat</c> or <c>packages</c>.</summary>
    public static string ReactiveData =>
        ReactiveAssembly == RealDynamicData ? "packages" : "compat";

    /// <summary>The platform it runs on, as .NET names it.</summary>
    public static string Platform { get; } =
        $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>All of it in one line.</summary>
    public static string Line { get; } =
        $"balancer {Number} (commit {Commit ?? "unknown"}, "
        + $"reactive data: {ReactiveData} by {ReactiveAssembly}, {Platform})";
}
