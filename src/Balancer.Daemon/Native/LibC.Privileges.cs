using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary><c>struct __user_cap_header_struct</c>; process 0 is the caller.</summary>
[StructLayout(LayoutKind.Sequential)]
struct CapabilityHeader
{
    public uint Version;
    public int Process;
}

/// <summary>One half of the capabilities of a thread: 32 of them.</summary>
[StructLayout(LayoutKind.Sequential)]
struct CapabilityHalf
{
    public uint Effective;
    public uint Permitted;
    public uint Inheritable;
}

// Who a process is. The kernel knows threads only: the C library makes each of these calls on all
// threads of the process, which a system call of our own would not.
static unsafe partial class LibC
{
    internal const uint CapabilityVersion = 0x2008_0522;
    internal const int NoNewPrivileges = 38;
    private const int MayRead = 4;

    /// <summary>The groups of this user, and this one.</summary>
    public static SysResult SetGroupsOf(string user, uint group) =>
        Answer(initgroups(user, group));

    /// <summary>The group, for good.</summary>
    public static SysResult SetGroup(uint group) => Answer(setresgid(group, group, group));

    /// <summary>The user, for good.</summary>
    public static SysResult SetUser(uint user) => Answer(setresuid(user, user, user));

    /// <summary>No program that this thread or one that it starts runs is more than we are.
    /// </summary>
    public static SysResult ForbidNewPrivileges() => Answer(prctl(NoNewPrivileges, 1, 0, 0, 0));

    /// <summary>Whether this thread may do anything that others may not.</summary>
    public static bool HasCapabilities()
    {
        var header = new CapabilityHeader { Version = CapabilityVersion };
        var halves = stackalloc CapabilityHalf[2];
        return Answer(capget(&header, halves)).IsError
            || (halves[0].Permitted | halves[1].Permitted) != 0;
    }

    /// <summary>Whether we may list what is in this directory.</summary>
    public static bool CanList(string directory) =>
        !Answer(access(directory, MayRead | MaySearch)).IsError;

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int initgroups(string user, uint group);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int prctl(
        int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int capget(CapabilityHeader* header, CapabilityHalf* halves);
}
