using System.Text;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Native;

public sealed class StreamTests : IDisposable
{
    readonly Scratch _scratch = new();
    readonly byte[] _buffer = new byte[64];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_is_sent_is_received()
    {
        var (left, right) = _scratch.StreamPair();
        Assert.Equal(5, LibC.Send(left, "hello"u8).Value);
        Assert.Equal("hello", Received(right));
    }

    [Fact]
    public void Two_pieces_leave_in_one_write()
    {
        var (left, right) = _scratch.StreamPair();
        Assert.Equal(10, LibC.Send(left, "end of "u8, "the"u8).Value);
        Assert.Equal("end of the", Received(right));
    }

    [Fact]
    public void An_empty_second_piece_is_no_harm()
    {
        var (left, right) = _scratch.StreamPair();
        Assert.Equal(3, LibC.Send(left, "all"u8, default).Value);
        Assert.Equal("all", Received(right));
    }

    [Fact]
    public void A_full_socket_takes_a_part_and_then_says_EAGAIN()
    {
        var (left, _) = _scratch.StreamPair();
        var much = new byte[8 << 20];
        Assert.InRange(LibC.Send(left, much).Value, 1, much.Length - 1);
        SysResult result;
        do result = LibC.Send(left, much); while (!result.IsError);
        Assert.True(result.Is(Errno.EAGAIN));
    }

    [Fact]
    public void Nothing_to_read_is_EAGAIN_and_the_end_of_the_stream_is_zero()
    {
        var (left, right) = _scratch.StreamPair();
        Assert.True(LibC.Recv(right, _buffer).Is(Errno.EAGAIN));
        LibC.Shutdown(left, ShutdownHow.Write).OrThrow("shutdown");
        Assert.Equal(0, LibC.Recv(right, _buffer).Value);
    }

    [Fact]
    public void A_peer_that_has_gone_is_EPIPE_and_no_signal()
    {
        var (left, right) = _scratch.StreamPair();
        _scratch.Close(right);
        Assert.True(LibC.Send(left, "anyone?"u8).Is(Errno.EPIPE));
        Assert.True(LibC.Send(left, "any"u8, "one?"u8).Is(Errno.EPIPE));
    }

    [Fact]
    public void A_descriptor_is_closed_once_and_forgets_its_number()
    {
        var (left, right) = _scratch.StreamPair();
        var mine = _scratch.OwnerOf(left);
        mine.Dispose();
        Assert.Equal(0, LibC.Recv(right, _buffer).Value);
        mine.Dispose();
        Assert.True(mine.IsClosed);
        Assert.True(LibC.Send(mine.Fd, "late"u8).Is(Errno.EBADF));
    }

    string Received(int fd) => Encoding.ASCII.GetString(_buffer, 0, LibC.Recv(fd, _buffer).Value);
}
