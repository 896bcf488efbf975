using Balancer.Daemon.Control;

namespace Balancer.Daemon.Check;

/// <summary>Whether the control socket can be had, and whether somebody has it.</summary>
internal static class Doors
{
    public static IEnumerable<Finding> Look(DoorOptions door)
    {
        if (door.IsOff)
            yield break;
        var path = door.Path ?? DoorPaths.Default;
        if (File.Exists(path) && DoorSocket.IsAnswered(path))
            yield return Finding.Note($"a balancer runs, and answers at {path}");
        else if (DoorSocket.CouldBe(Path.GetFullPath(path)))
            yield return Finding.Ok($"{path} can be had as the control socket");
        else
        {
            var text = $"{path} cannot be had as the control socket: no such directory, or it "
                + "may not be written by the user who checks";
            yield return door.Path is null ? Finding.Note(text) : Finding.Bad(text);
        }
    }
}
