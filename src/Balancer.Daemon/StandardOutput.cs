using System.ComponentModel;
using Balancer.Daemon.Native;

namespace Balancer.Daemon;

/// <summary>
/// Stdout for what people have asked for. Console.Out passes over a reader that has gone, and a
/// <see cref="FileStream"/> over those who write to the same file before and after us: it counts
/// its place by itself. Here each write is the kernel's, and what it refuses is an IOException
/// with its number.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private const int Descriptor = 1;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var written = LibC.Write(Descriptor, buffer);
            if (written.IsError)
            {
                throw new IOException(
                    new Win32Exception((int)written.Error).Message, (int)written.Error);
            }
            buffer = buffer[written.Value..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
