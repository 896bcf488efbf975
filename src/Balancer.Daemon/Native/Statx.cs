using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>The fields of <c>statx</c> that tell one socket file from its successor at the same
/// path; the rest of its 256 bytes is the kernel's.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
struct Statx
{
    internal const int TypeMask = 0xF000, TypeDirectory = 0x4000, TypeSocket = 0xC000,
        TypeRegular = 0x8000;

    [FieldOffset(20)] public uint Uid;
    [FieldOffset(24)] public uint Gid;
    [FieldOffset(28)] public ushort Mode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(96)] public StatxTime Changed;
    [FieldOffset(112)] public StatxTime Modified;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;

    /// <summary>The device as the C library packs it: a <c>dev_t</c>.</summary>
    public readonly ulong Device =>
        (DeviceMajor & 0xffff_f000UL) << 32 | (DeviceMajor & 0xfffUL) << 8
        | (DeviceMinor & 0xffff_ff00UL) << 12 | (DeviceMinor & 0xffUL);

    public readonly bool IsSocket => (Mode & TypeMask) == TypeSocket;

    public readonly bool IsRegular => (Mode & TypeMask) == TypeRegular;

    public readonly bool IsDirectory => (Mode & TypeMask) == TypeDirectory;

    /// <summary>The permission bits alone.</summary>
    public readonly int Permissions => Mode & ~TypeMask;
}

/// <summary>A moment of the file system: <c>statx_timestamp</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct StatxTime
{
    public long Seconds;
    public uint Nanoseconds;
    readonly int _padding;

    /// <summary>Since 1970; enough until 2262.</summary>
    public readonly long TotalNanoseconds => Seconds * 1_000_000_000 + Nanoseconds;
}
