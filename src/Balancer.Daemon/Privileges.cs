// PRIVILEGES: root to bind, nobody in particular to serve.
//
// Started by root with --user, the daemon binds its ports and asks for its descriptors and buffers
// as root, and is the user from then on, in all threads and for good: real, effective and saved
// user and group, the user's groups, no capability left, which is made sure of. The control socket
// is made by the user, so that he can remove it at the end. The kernel makes no core file of such
// a process, and lets its user trace it as little: its memory has held what was root's.
//
// Whoever is that user already has nothing to do, as under a supervisor that has seen to it or
// after an upgrade.
//
// Not promised: that threads which the runtime has made before us cannot gain privileges by a
// set-user-ID program; they run none.

using Balancer.Daemon.Native;

namespace Balancer.Daemon;

/// <summary>A user to serve as.</summary>
/// <param name="Name">In /etc/passwd.</param>
/// <param name="Uid">The number.</param>
/// <param name="Gid">That of the first group.</param>
internal sealed record Account(string Name, uint Uid, uint Gid);

/// <summary>Why we cannot be whom we shall be; the message is one sentence.</summary>
internal sealed class PrivilegesException(string message) : Exception(message);

/// <summary>From root to a user.</summary>
internal static class Privileges
{
    private const uint Root = 0;

    /// <summary>Makes this process the user's; false: it was.</summary>
    /// <exception cref="PrivilegesException">It could not be; the process must not serve.
    /// </exception>
    public static bool Become(Account account)
    {
        var now = LibC.GetEffectiveUid();
        if (now == account.Uid)
            return false;
        if (WhyNot(account, now) is { } reason)
            throw new PrivilegesException(reason);
        Do(LibC.SetGroupsOf(account.Name, account.Gid), "initgroups");
        Do(LibC.SetGroup(account.Gid), "setresgid");
        Do(LibC.SetUser(account.Uid), "setresuid");
        Do(LibC.ForbidNewPrivileges(), "prctl PR_SET_NO_NEW_PRIVS");
        if (LibC.HasCapabilities() || !LibC.SetUser(Root).IsError)
            throw new PrivilegesException(
                $"--user {account.Name}: what root may could not be given up");
        return true;

        void Do(SysResult done, string what)
        {
            if (done.IsError)
                throw new PrivilegesException(
                    $"--user {account.Name}: {what}: {CommandLineRefusal.Explain(done.Error)}");
        }
    }

    /// <summary>Makes sure that what is needed later can be reached by now.</summary>
    /// <exception cref="PrivilegesException">It cannot be.</exception>
    public static void EnsureReach(Account account, DaemonOptions options)
    {
        var sockets = options.Core.SocketDirectory;
        if (!LibC.CanList(sockets))
            throw new PrivilegesException(
                $"--socket-directory {sockets}: {account.Name} may not read it");
        if (options.Flight.Directory is { } flights && !LibC.CanWrite(flights))
            throw new PrivilegesException(
                $"--flight-recorder {flights}: {account.Name} may not write there");
    }

    /// <summary>Why a process of this user cannot become the other; null: it can.</summary>
    internal static string? WhyNot(Account account, uint now) => now == Root
        ? null
        : $"--user {account.Name}: only root can become another user, and this is uid {now}";
}
