using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

[Flags]
enum EpollEvents : uint
{
    None = 0,
    In = 0x1,
    Out = 0x4,
    /// <summary>Reported whether asked for or not.</summary>
    Error = 0x8,
    /// <summary>Reported whether asked for or not.</summary>
    HangUp = 0x10,
    ReadHangUp = 0x2000,
    Exclusive = 1u << 28,
    OneShot = 1u << 30,
    EdgeTriggered = 1u << 31,
}

/// <summary>What is ready, and the word its owner left with it. This is also the layout of
/// <c>epoll_event</c> everywhere but on x64.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct EpollEvent(EpollEvents Events, ulong Data);

/// <summary><c>epoll_event</c> on x64, where the kernel packs it to be the same for 32-bit
/// processes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
struct PackedEpollEvent
{
    public EpollEvents Events;
    public ulong Data;
}

/// <summary>Memory for the events of one wait, at a fixed address, reading alike on both
/// architectures.</summary>
sealed unsafe class EpollBatch(int capacity) : IDisposable
{
    public static readonly bool IsPacked =
        RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static int Stride =>
        IsPacked ? Unsafe.SizeOf<PackedEpollEvent>() : Unsafe.SizeOf<EpollEvent>();

    public int Capacity { get; } = capacity;

    internal void* First { get; private set; } =
        NativeMemory.AllocZeroed((nuint)capacity, (nuint)Stride);

    public EpollEvent this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Capacity);
            if (!IsPacked) return ((EpollEvent*)First)[index];
            var packed = (PackedEpollEvent*)First + index;
            return new EpollEvent(packed->Events, packed->Data);
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(First);
        First = null;
    }
}
