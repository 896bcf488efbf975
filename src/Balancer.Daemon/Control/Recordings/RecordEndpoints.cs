// RECORDINGS, by the door.
//
//   GET /record?for=60s     what comes into the control planes of all loops, for so long: a file
//                           for balancer replay, sent as it comes
//
// It begins with a checkpoint of each loop, taken at its first quiet moment, which is at once as a
// rule: a small copy is made on the loop, and put into bytes here. A few recordings may be under
// way at once. They hold addresses of clients; whoever may look may have them.

using Balancer.Rx.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control.Recordings;

/// <summary>Recordings that are asked for.</summary>
internal static class RecordEndpoints
{
    private const int MostAtOnce = 4;

    private static readonly TimeSpan PassEvery = TimeSpan.FromSeconds(1),
        QuietPatience = TimeSpan.FromSeconds(10), LookEvery = TimeSpan.FromMilliseconds(5);

    public static void Map(IEndpointRouteBuilder routes, DoorContext door)
    {
        var underWay = new SemaphoreSlim(MostAtOnce);
        routes.MapGet("/record", http => Record(http, door, underWay));
    }

    private static async Task Record(HttpContext http, DoorContext door, SemaphoreSlim underWay)
    {
        var given = Reply.Parameters(http, "for");
        var span = Asked.Time("for", given.GetValueOrDefault("for", "60s"), "1s", "1h");
        if (!underWay.Wait(0))
        {
            throw new RefusedException(
                StatusCodes.Status429TooManyRequests,
                $"{MostAtOnce} recordings are under way already");
        }
        try
        {
            await Record(http, door, span);
        }
        finally
        {
            underWay.Release();
        }
    }

    private static async Task Record(HttpContext http, DoorContext door, TimeSpan span)
    {
        var tapes = new List<LoopTape>();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        try
        {
            foreach (var worker in door.Workers)
                tapes.Add(await Begin(worker, http.RequestAborted));
            http.Response.ContentType = "application/octet-stream";
            await http.Response.Body.WriteAsync(
                RecordingFile.Head(VersionInfo.Number, tapes.Count), http.RequestAborted);
            ends.CancelAfter(span);
            using var writing = new SemaphoreSlim(1);
            await Task.WhenAll(
                [.. tapes.Select(tape => tape.Send(http, writing)), Pass(tapes, ends.Token)]);
        }
        finally
        {
            // Whoever left in the middle is not recorded for any longer.
            await Task.WhenAll(tapes.Select(tape => tape.Ask(tape.Pipe.End)));
        }
    }

    private static async Task<LoopTape> Begin(Worker worker, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; waited < QuietPatience; waited += LookEvery)
        {
            if (await worker.Ask(() => TryBegin(worker), cancellation) is { } tape)
                return tape;
            await Task.Delay(LookEvery, cancellation);
        }
        throw new RefusedException(
            StatusCodes.Status503ServiceUnavailable,
            $"loop {worker.Share.Index} was in the middle of something whenever it was asked");
    }

    private static LoopTape? TryBegin(Worker worker)
    {
        if (worker.Plane.Checkpoint() is not { } start)
            return null;
        var pipe = new TapePipe(worker.Plane.Recorder!);
        worker.Plane.Recorder!.Add(pipe);
        return new(worker, start, pipe);
    }

    private static async Task Pass(List<LoopTape> tapes, CancellationToken until)
    {
        using var every = new PeriodicTimer(PassEvery);
        try
        {
            while (await every.WaitForNextTickAsync(until))
                await Task.WhenAll(tapes.Select(tape => tape.Ask(tape.Pipe.Pass)));
        }
        catch (OperationCanceledException)
        {
            // It is over, or nobody reads it any more.
        }
        await Task.WhenAll(tapes.Select(tape => tape.Ask(tape.Pipe.End)));
    }

    // What is under way of one loop.
    private sealed class LoopTape(Worker worker, Checkpoint start, TapePipe pipe)
    {
        public TapePipe Pipe => pipe;

        public Task<bool> Ask(Action action) => worker.Ask(() =>
        {
            action();
            return true;
        });

        /// <summary>Sends its parts as they come; they may stand between those of others.</summary>
        public async Task Send(HttpContext http, SemaphoreSlim writing)
        {
            var (loop, length) = (worker.Share.Index, 0L);
            await Write(RecordingFile.StartPart(loop, start));
            await foreach (var block in pipe.Blocks.ReadAllAsync(http.RequestAborted))
            {
                length += block.Length;
                await Write(RecordingFile.TapePart(loop, block));
            }
            await Write(RecordingFile.EndPart(loop, length, pipe.Cut));

            async Task Write(byte[] part)
            {
                await writing.WaitAsync(http.RequestAborted);
                try
                {
                    await http.Response.Body.WriteAsync(part, http.RequestAborted);
                }
                finally
                {
                    writing.Release();
                }
            }
        }
    }
}
