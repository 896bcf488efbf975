using Balancer.Daemon.Native;

namespace Balancer.Daemon.Narration;

/// <summary>
/// Makes sure of stdin, stdout and stderr. A process may be started without them; then the next
/// three descriptors that it opens take their numbers, and the log is written into a backend's
/// session, or into a pipe that the runtime has opened for itself before we came to run.
/// </summary>
internal static class StandardStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;

    /// <summary>To be called before anything else is opened, and before the console is used.
    /// </summary>
    public static void Secure()
    {
        WasGiven(Input);
        if (!WasGiven(Output))
            Console.SetOut(TextWriter.Null);
        if (!WasGiven(Error))
            Console.SetError(TextWriter.Null);
    }

    /// <summary>Whether whoever started us gave us this one; if not, its place is taken.</summary>
    private static bool WasGiven(int descriptor)
    {
        var flags = LibC.DescriptorFlags(descriptor);
        if (flags.Is(Errno.EBADF))
        {
            // The lowest free number, so this one: those below are looked after already.
            LibC.OpenNull();
            return false;
        }
        // What was given has come through an exec; what the runtime opened would not.
        return flags.IsError || (flags.Value & LibC.DescriptorCloseOnExec) == 0;
    }
}
