using System.ComponentModel;
using System.Net;
using Balancer.Daemon.Native;

namespace Balancer.Daemon;

/// <summary>
/// What is said when the daemon cannot be what it was asked to be: one line that names the option
/// and the reason, after which the exit code is <see cref="ExitCode"/>. Nobody wants to read a
/// stack trace because of a typing error.
/// </summary>
internal static class CommandLineRefusal
{
    /// <summary>The exit code of every refusal.</summary>
    public const int ExitCode = 1;

    /// <summary>The line for this reason.</summary>
    public static string Line(string reason) => $"balancer: {OneLine(reason)}";

    /// <summary>The line for an option's value.</summary>
    public static string Line(string option, object value, string reason) =>
        Line($"{option} {value}: {reason}");

    /// <summary>The line for a listener that could not be had.</summary>
    /// <param name="address">The address that was asked for.</param>
    /// <param name="port">The port.</param>
    /// <param name="transport">UDP or TCP.</param>
    /// <param name="error">What the kernel said.</param>
    /// <param name="proc">Where to look who has it.</param>
    public static string ForListener(
        IPAddress address, int port, string transport, Errno error,
        string proc = PortHolder.Proc) => error switch
        {
            Errno.EACCES or Errno.EPERM => Line("--port", port,
                "permission denied (ports below 1024 need root or CAP_NET_BIND_SERVICE)"),
            Errno.EADDRINUSE => Line("--port", port, $"in use ({transport} on {address})"
                + (PortHolder.Of(transport, address, port, proc) is { } who ? $" by {who}" : "")),
            Errno.EADDRNOTAVAIL => Line("--bind", address, "not an address of this host"),
            _ => Line("--bind", address, $"{transport} port {port}: {Explain(error)}"),
        };

    /// <summary>An errno's name and the C library's words for it.</summary>
    public static string Explain(Errno error) =>
        $"{error} ({new Win32Exception((int)error).Message})";

    // Whatever was typed, the answer stays one line.
    internal static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
