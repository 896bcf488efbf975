using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Balancer.Backend;

/// <summary>
/// The file that a listening AF_UNIX socket leaves behind when its process is killed (E1): it has
/// to go before the path can be bound again, but only if it is that and nothing else.
/// </summary>
internal static partial class SocketFile
{
    /// <summary>Unlinks a stale socket at <paramref name="path"/>, if there is one.</summary>
    /// <exception cref="IOException">Something stands there that is not ours to remove.</exception>
    public static void RemoveStale(string path)
    {
        switch (TypeOf(path))
        {
            case FileType.None:
                return;
            case FileType.Other:
                throw new IOException($"{path} exists and is not a socket");
        }
        if (IsListenedOn(path))
            throw new IOException($"{path} is in use: another process listens on it");
        File.Delete(path);
    }

    private static bool IsListenedOn(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, default);
        // A listener whose backlog is full then says so at once: it lives.
        probe.Blocking = false;
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not SocketError.ConnectionRefused;
        }
    }

    private enum FileType
    {
        None,
        Socket,
        Other,
    }

    private static FileType TypeOf(string path)
    {
        const int currentDirectory = -100, noFollow = 0x100, typeMask = 0xF000, socket = 0xC000;
        const int noEntry = 2;
        if (StatX(currentDirectory, path, noFollow, mask: 1, out var status) == 0)
            return (status.Mode & typeMask) == socket ? FileType.Socket : FileType.Other;
        var error = Marshal.GetLastPInvokeError();
        return error == noEntry
            ? FileType.None
            : throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    // struct statx is the same on every architecture; of its 256 bytes only the mode matters here.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(
        int directory, string path, int flags, uint mask, out Status status);
}
