using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Balancer.Daemon.Control.Taps;

/// <summary>Why a tap has ended.</summary>
internal enum TapEnd
{
    /// <summary>Its reader has gone, or everything stops.</summary>
    Gone,

    /// <summary>It has read as many facts as it wanted.</summary>
    Limit,

    /// <summary>It did not read, and was told so after all.</summary>
    CutOff,

    /// <summary>It did not read, and cannot be told.</summary>
    CutOffUntold,
}

/// <summary>
/// Puts what a tap has caught into words, and those where its reader reads them. Not for a loop.
/// </summary>
/// <param name="tap">Whose facts.</param>
/// <param name="output">Where they go; it may hold the pump up, and nothing but the pump.</param>
/// <param name="asEvents">As server-sent events instead of lines.</param>
/// <param name="time">All patience.</param>
internal sealed class TapPump(Tap tap, PipeWriter output, bool asEvents, TimeProvider time)
    : IDisposable
{
    /// <summary>How long nothing may be read while facts are lost.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long one that is cut off may take to hear of it.</summary>
    public static readonly TimeSpan LastWordPatience = TimeSpan.FromSeconds(5);

    /// <summary>A silent stream of events shows this often that it is alive.</summary>
    public static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    // A reader is not woken for each fact: what comes within this time is read together.
    internal static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private const int Batch = 256;

    private readonly CaughtFact[] _batch = new CaughtFact[Batch];
    private readonly Utf8JsonWriter _json = new(output);
    private bool _hasWritten;

    /// <summary>Runs until its reader has gone, or has read so many facts, or is cut off.</summary>
    /// <param name="limit">How many facts, at most.</param>
    /// <param name="gone">The reader has gone.</param>
    public async Task<TapEnd> Run(long limit, CancellationToken gone)
    {
        // Headers first: who waits for the first fact knows that it is heard.
        if (!await Flush(gone))
            return TapEnd.Gone;
        while (!gone.IsCancellationRequested)
        {
            if (tap.TakeDropped() is > 0 and var dropped)
                Write(new("dropped", dropped, null));
            var count = tap.Take(_batch.AsSpan(0, (int)Math.Min(limit, Batch)));
            for (var i = 0; i < count; i++)
                Write(_batch[i].View);
            limit -= count;
            if (!_hasWritten)
            {
                await Next(gone);
                continue;
            }
            _hasWritten = false;
            if (await FlushPatiently(gone) is { } end)
                return end;
            if (limit == 0)
                return TapEnd.Limit;
        }
        return TapEnd.Gone;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private async Task Next(CancellationToken gone)
    {
        var caught = tap.Catch();
        await caught
            .WaitAsync(asEvents ? HeartbeatEvery : Timeout.InfiniteTimeSpan, time, gone)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (caught.IsCompleted)
        {
            await Task.Delay(Gathering, time, gone)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else if (!gone.IsCancellationRequested)
        {
            output.Write(":\n\n"u8);
            _hasWritten = true;
        }
    }

    // Null: go on.
    private async Task<TapEnd?> FlushPatiently(CancellationToken gone)
    {
        var flush = Flush(gone);
        while (!flush.IsCompleted)
        {
            var dropped = tap.Dropped;
            if (!await EndsWithin(flush, Patience) && tap.Dropped > dropped)
                return await CutOff(flush, gone);
        }
        return await flush ? null : TapEnd.Gone;
    }

    private async Task<TapEnd> CutOff(Task<bool> flush, CancellationToken gone)
    {
        if (!await EndsWithin(flush, LastWordPatience))
            return TapEnd.CutOffUntold;
        if (!await flush)
            return TapEnd.Gone;
        Write(new(
            "cut-off", tap.TakeDropped(),
            $"nothing was read for {Patience.TotalSeconds:0} s while facts were dropped"));
        return await EndsWithin(Flush(gone), LastWordPatience)
            ? TapEnd.CutOff
            : TapEnd.CutOffUntold;
    }

    private async Task<bool> EndsWithin(Task flush, TimeSpan patience)
    {
        await flush.WaitAsync(patience, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return flush.IsCompleted;
    }

    // False: nobody is there any more.
    private async Task<bool> Flush(CancellationToken gone)
    {
        try
        {
            var result = await output.FlushAsync(gone);
            return result is { IsCompleted: false, IsCanceled: false };
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Write(in FactView fact)
    {
        Begin();
        JsonSerializer.Serialize(_json, fact, FactViewJson.Default.FactView);
        End();
    }

    private void Write(TapWord word)
    {
        Begin();
        JsonSerializer.Serialize(_json, word, TapWordJson.Default.TapWord);
        End();
    }

    private void Begin()
    {
        if (asEvents)
            output.Write("data: "u8);
        _json.Reset();
    }

    private void End()
    {
        _json.Flush();
        output.Write(asEvents ? "\n\n"u8 : "\n"u8);
        _hasWritten = true;
    }
}

/// <summary>What a reader is told of its tap itself.</summary>
/// <param name="Kind"><c>dropped</c>, or at the end <c>cut-off</c>.</param>
/// <param name="Dropped">How many facts were lost since the last word.</param>
/// <param name="Text">Why it ends.</param>
internal sealed record TapWord(string Kind, long Dropped, string? Text);

/// <summary>How that is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TapWord))]
internal sealed partial class TapWordJson : JsonSerializerContext;
