using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>One instruction of classic BPF: <c>sock_filter</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly struct SockFilter(ushort code, uint operand)
{
    public readonly ushort Code = code;
    public readonly byte JumpIfTrue;
    public readonly byte JumpIfFalse;
    public readonly uint Operand = operand;
}

/// <summary>A program of classic BPF: <c>sock_fprog</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct SockFilterProgram
{
    public ushort Length;
    public SockFilter* Instructions;
}

// Programs that the kernel runs for a socket.
static unsafe partial class LibC
{
    /// <summary>Gives a socket (or, by the option, its group) this program.</summary>
    public static SysResult Attach(
        int fd, SockOption option, ReadOnlySpan<SockFilter> instructions)
    {
        fixed (SockFilter* first = instructions)
        {
            var program = new SockFilterProgram
            {
                Length = (ushort)instructions.Length,
                Instructions = first,
            };
            return SetSockOpt(fd, option, program);
        }
    }
}
