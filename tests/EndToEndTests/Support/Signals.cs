using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Balancer.EndToEndTests.Support;

internal enum Signal
{
    HangUp = 1,
    Interrupt = 2,
    Kill = 9,
    User1 = 10,
    User2 = 12,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class Signals
{
    /// <summary>Sends a signal to a process that the test itself has started.</summary>
    public static void Send(this Process process, Signal signal) =>
        Assert.Equal(0, Kill(process.Id, (int)signal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
