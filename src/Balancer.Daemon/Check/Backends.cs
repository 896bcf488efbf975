using Balancer.Daemon.Native;
using Balancer.Daemon.Settings;

namespace Balancer.Daemon.Check;

/// <summary>What the socket directory holds, and who answers there.</summary>
internal static class Backends
{
    public static IEnumerable<Finding> Look(DaemonOptions options)
    {
        var path = options.Core.SocketDirectory;
        string[] names;
        Finding? unreadable = null;
        try
        {
            names = [.. Directory.EnumerateFileSystemEntries(path)
                .Select(entry => Path.GetFileName(entry))
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            names = [];
            unreadable = Finding.Bad($"{path} cannot be read: {e.Message}");
        }
        if (unreadable is { } finding)
            return [finding];
        var sockets = names.Where(name => IsSocket(Path.Combine(path, name))).ToArray();
        var owners = ServiceCommand.Drawn(options).Core.BackendOwners;
        // All at once: each may take its patience.
        var hellos = sockets
            .Take(options.Core.MaxBackends)
            .Select(name => Hello.Say(Path.Combine(path, name), name, owners))
            .ToArray();
        Task.WaitAll(hellos);
        return
        [
            .. OfDirectory(path, sockets.Length),
            .. hellos.Select(hello => hello.Result),
            .. sockets.Skip(options.Core.MaxBackends).Take(1).Select(_ => Finding.Note(
                $"more sockets than maxBackends {options.Core.MaxBackends}: the rest is left out")),
        ];
    }

    private static IEnumerable<Finding> OfDirectory(string path, int sockets)
    {
        yield return sockets > 0
            ? Finding.Ok($"{path} has {sockets} {(sockets == 1 ? "socket" : "sockets")}")
            : Finding.Note($"{path} has no sockets: nobody could be served yet");
        if (SettingRules.IsOpenToAll(path))
            yield return Finding.Note($"{path} is writable by everybody");
    }

    private static bool IsSocket(string path) =>
        !LibC.Statx(path, out var found).IsError && found.IsSocket;
}
