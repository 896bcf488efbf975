using System.Net;
using Balancer.EndToEndTests.Support;
using Balancer.Load;
using Balancer.Load.Asking;
using Balancer.Load.Figures;

namespace Balancer.EndToEndTests.Load;

/// <summary>Runs of the load tool, in this process.</summary>
static class LoadWorld
{
    /// <summary>Sixty-four outstanding; nothing is slow here that is not meant to be.</summary>
    public static LoadOptions Towards(IPEndPoint server) => new()
    {
        To = server,
        For = Deadline.Patience,
        Outstanding = 64,
    };

    /// <summary>What a run finds; <paramref name="during"/> sees the run before it begins.
    /// </summary>
    public static async Task<Result> Run(LoadOptions options, Action<LoadRun>? during = null)
    {
        using var run = new LoadRun(options);
        during?.Invoke(run);
        await Task.Run(run.Run).Within("the end of the run");
        return Result.Of(run, options.OverTcp, TimeSpan.Zero);
    }

    /// <summary>Sent, answered, lost; doubled, late, wrong, refused.</summary>
    public static (long, long, long, long, long, long, long) Counts(this Result result) => (
        result.Sent, result.Answered, result.Lost,
        result.Doubled, result.Late, result.Wrong, result.Refused);
}
