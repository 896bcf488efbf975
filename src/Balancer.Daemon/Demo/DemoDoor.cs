using System.Net;
using Balancer.Daemon.Control;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Demo;

/// <summary>
/// Where the demo is looked at: a control socket where the verbs look for it, in a directory that
/// is the user's alone, and a port for a browser.
/// </summary>
static class DemoDoor
{
    const uint OwnerOnly = 0x1C0; // rwx------

    /// <summary>Where the verbs find it by themselves.</summary>
    public static string Usual { get; } = DoorPaths.OfUser(
        Environment.GetEnvironmentVariable, LibC.GetEffectiveUid());

    /// <summary>Takes what can be had: a second demo has a path of its own.</summary>
    public static ControlDoor Take(Narrator narrator)
    {
        var http = new IPEndPoint(IPAddress.Loopback, FreePort.ForBoth());
        foreach (var path in Paths())
        {
            try
            {
                MakeDirectory(Path.GetDirectoryName(path)!);
                return new(new() { Path = path, Http = http }, narrator);
            }
            catch (DoorException e)
            {
                narrator.DoorStaysShut(e.Message);
            }
        }
        return new(new() { IsOff = true, Http = http }, narrator);
    }

    static IEnumerable<string> Paths()
    {
        yield return Usual;
        yield return Path.ChangeExtension(Usual, $"{Environment.ProcessId}.sock");
    }

    // In /tmp anybody may have made it before us.
    static void MakeDirectory(string directory)
    {
        LibC.MakeDirectory(directory, OwnerOnly);
        if (LibC.Statx(directory, out var found).IsError || !found.IsDirectory
            || found.Uid != LibC.GetEffectiveUid() || (found.Permissions & 0x12) != 0)
        {
            throw new DoorException($"{directory}: not a directory that is ours alone");
        }
    }
}
