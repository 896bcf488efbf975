// THE CONTROL SOCKET: one path, one owner.
//
// The socket is bound under a name of its own beside the path, given mode 0600 there, and only then
// renamed to the path: nobody ever sees it with other rights, and a stale one that a killed daemon
// left behind is replaced in the same instant; so is that of a daemon whose place we take. A path
// on which somebody answers is not taken otherwise, nor is one that is no socket. At the end the
// path is removed, unless another has taken it meanwhile.
//
// Not promised: that two daemons that start at the same moment with the same path both notice.

using System.Net.Sockets;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Control;

/// <summary>Why a door could not be opened, in one sentence.</summary>
internal sealed class DoorException(string message) : Exception(message);

/// <summary>A bound socket at a path; the path is ours until it is disposed.</summary>
internal sealed class DoorSocket : IDisposable
{
    private const int MostBytes = 100;
    private const uint OwnerOnly = 0x180; // rw-------

    private readonly string _birth;
    private ulong _file;

    private DoorSocket(string path, string birth, Socket socket) =>
        (Path, _birth, Socket) = (path, birth, socket);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Bound, not yet listening. Whoever listens on it closes it.</summary>
    public Socket Socket { get; }

    /// <summary>Takes the path; throws <see cref="DoorException"/>.</summary>
    /// <param name="path">Where.</param>
    /// <param name="isHeir">Another daemon is there whose place we shall take: it keeps the path
    /// until <see cref="Take"/>.</param>
    public static DoorSocket Bind(string path, bool isHeir = false)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > MostBytes)
            throw new DoorException($"{path}: longer than {MostBytes} bytes");
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))))
            throw new DoorException($"{path}: no such directory");
        var found = LibC.Statx(path, out var there);
        if (!found.IsError && !there.IsSocket)
            throw new DoorException($"{path}: is there, and is no socket");
        if (!isHeir && !found.IsError && IsAnswered(path))
            throw new DoorException($"{path}: another process answers there");

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var birth = $"{path}.{Environment.ProcessId}";
        try
        {
            File.Delete(birth);
            socket.Bind(new UnixDomainSocketEndPoint(birth));
            LibC.SetMode(birth, OwnerOnly).OrThrow("chmod");
            var door = new DoorSocket(path, birth, socket);
            if (!isHeir)
                door.Take();
            return door;
        }
        catch (Exception e) when (e is SocketException or IOException
            or UnauthorizedAccessException or SysException)
        {
            socket.Dispose();
            File.Delete(birth);
            throw new DoorException($"{path}: {OneLine(e)}");
        }
    }

    /// <summary>The path is ours from now on, if it is not so already.</summary>
    public void Take()
    {
        if (_file != 0)
            return;
        File.Move(_birth, Path, overwrite: true);
        _file = FileAt(Path);
    }

    /// <summary>Whether a control socket could be made there by us.</summary>
    public static bool CouldBe(string path) =>
        System.IO.Path.GetDirectoryName(path) is { } directory
        && LibC.CanWrite(directory);

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        if (_file == 0)
            File.Delete(_birth);
        else if (FileAt(Path) == _file)
            File.Delete(Path);
    }

    /// <summary>Whether somebody listens there; nothing is said to them.</summary>
    internal static bool IsAnswered(string path)
    {
        using var probe = new Socket(
            AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            // Its queue is full: somebody is there.
            return e.SocketErrorCode is SocketError.WouldBlock;
        }
    }

    private static ulong FileAt(string path) =>
        LibC.Statx(path, out var found).IsError ? 0 : found.Inode;

    private static string OneLine(Exception e) => e.Message.Split('\n')[0];
}
