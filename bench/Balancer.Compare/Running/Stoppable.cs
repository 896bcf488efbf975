using System.Globalization;
using System.Runtime.InteropServices;

namespace Balancer.Compare.Running;

/// <summary>A command that SIGINT and SIGTERM end in good order.</summary>
static class Stoppable
{
    public const int Failed = 1;
    const int Stopped = 130;

    /// <summary>Runs it; the exit code.</summary>
    /// <param name="name">Under which it says why it failed.</param>
    /// <param name="command">What to do until it is to stop.</param>
    public static async Task<int> Run(string name, Func<CancellationToken, Task<int>> command)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await command(stop.Token);
        }
        catch (Unmeasurable why)
        {
            Console.Error.WriteLine($"{name}: {why.Message}");
            return Failed;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine($"{name}: stopped");
            return Stopped;
        }
    }
}
