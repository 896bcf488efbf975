// WHO LISTENS THERE: the second half of who may be a backend (W25).
//
// The owner of a socket file is looked at when the directory is listed; but the file at a path may
// be another one by the time it is connected to, and files can be given away. So after each connect
// the kernel is asked who listens: SO_PEERCRED tells as whom a process ran when it called listen().
// Both must be allowed. Nothing is said to a process that is not.
//
// Not promised: that a process which listened as an allowed user has not become another since.

using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>The process at the other end of a connection to a backend's socket.</summary>
static class BackendPeer
{
    /// <summary>Why it may not be a backend, for people; null: it may.</summary>
    /// <param name="fd">A connected socket.</param>
    /// <param name="owners">Who may run backends; null: anybody.</param>
    public static string? WhyNot(int fd, IReadOnlySet<uint>? owners)
    {
        if (owners is null)
            return null;
        var asked = LibC.GetSockOpt(fd, SockOption.PeerCredentials, out UCred peer);
        if (asked.IsError)
            return $"SO_PEERCRED: {asked.Error.InWords()}";
        return owners.Contains(peer.Uid) ? null : Refusal(peer.Uid, Users.OfSystem);
    }

    /// <summary>The sentence for a process of this user.</summary>
    internal static string Refusal(uint uid, Users users) =>
        $"run by uid {uid}; --backend-user {users.NameOf(uid)} would allow it";
}
