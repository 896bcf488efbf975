using System.Threading.Channels;
using Balancer.Rx.Recording;

namespace Balancer.Daemon.Control.Recordings;

/// <summary>
/// One loop's tape on its way to a reader: filled on the loop, block by block, and emptied
/// elsewhere. It holds a megabyte at most; when the reader is that far behind, the tape is cut, and
/// the recording says so. The loop waits for nobody.
/// </summary>
internal sealed class TapePipe(Recorder recorder) : ITapeSink
{
    private const int BlockBytes = 64 * 1024, MostBlocks = 16;

    private readonly Channel<byte[]> _blocks = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MostBlocks) { SingleReader = true, SingleWriter = true });

    private readonly byte[] _block = new byte[BlockBytes];
    private int _length;

    /// <summary>Off the loop: the blocks, until the tape ends.</summary>
    public ChannelReader<byte[]> Blocks => _blocks.Reader;

    /// <summary>Once the tape has ended: why before it was meant to; null: it did not.</summary>
    public string? Cut { get; private set; }

    /// <summary>On the loop.</summary>
    public void Write(ReadOnlySpan<byte> entry)
    {
        if (Cut is not null)
            return;
        while (entry.Length > 0)
        {
            var some = Math.Min(entry.Length, BlockBytes - _length);
            entry[..some].CopyTo(_block.AsSpan(_length));
            _length += some;
            entry = entry[some..];
            if (_length == BlockBytes)
                Pass();
        }
    }

    /// <summary>On the loop: passes on what there is.</summary>
    public void Pass()
    {
        if (_length > 0 && Cut is null && !_blocks.Writer.TryWrite(_block[.._length]))
            Cut = "its reader was too slow";
        _length = 0;
    }

    /// <summary>On the loop: nothing more comes.</summary>
    public void End()
    {
        recorder.Remove(this);
        Pass();
        _blocks.Writer.TryComplete();
    }
}
