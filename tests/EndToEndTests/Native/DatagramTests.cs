using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Native;

public sealed class DatagramTests : IDisposable
{
    readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_batch_goes_out_and_comes_in_with_one_call_each()
    {
        var server = Bound(IPAddress.Loopback, out var to);
        var client = Bound(IPAddress.Loopback, out var from);
        using var outgoing = new TestBatch();
        outgoing.Write(("one", to, 0), ("two", to, 0), ("three", to, 0));
        Assert.Equal(3, outgoing.Send(client).Value);
        using var incoming = new TestBatch();
        Assert.Equal(3, incoming.Receive(server).Value);
        Assert.Equal(["one", "two", "three"], [.. Enumerable.Range(0, 3).Select(incoming.Text)]);
        Assert.Equal(from.Port, incoming.Peer(2).Port);
        Assert.Equal(from.Address, incoming.Peer(2).Address);
    }

    [Fact]
    public void No_datagram_is_EAGAIN()
    {
        using var batch = new TestBatch();
        Assert.True(batch.Receive(Bound(IPAddress.Loopback, out _)).Is(Errno.EAGAIN));
    }

    [Fact]
    public void A_refused_datagram_ends_the_batch_before_it_and_says_why_at_its_own_turn()
    {
        Bound(IPAddress.Loopback, out var good);
        var bad = new SockAddrIn(good.Address, port: 0);
        var client = Bound(IPAddress.Loopback, out _);
        using var batch = new TestBatch();
        batch.Write(("fine", good, 0), ("forged", bad, 0), ("fine", good, 0));
        Assert.Equal(1, batch.Send(client).Value);
        Assert.True(batch.Send(client, skip: 1).Is(Errno.EINVAL));
        Assert.Equal(1, batch.Send(client, skip: 2).Value);
    }

    [Fact]
    public void W22_On_a_wildcard_bind_an_answer_leaves_from_the_address_that_was_asked()
    {
        var server = Bound(IPAddress.Any, out var anywhere);
        LibC.SetSockOpt(server, SockOption.PacketInfo, 1).OrThrow("IP_PKTINFO");
        var client = Bound(IPAddress.Loopback, out _);
        var asked = new SockAddrIn(0x7f000002, anywhere.Port);
        using var query = new TestBatch();
        query.Write(("query", asked, 0));
        Assert.Equal(1, query.Send(client).Value);

        using var burst = new TestBatch();
        Assert.Equal(1, burst.Receive(server).Value);
        Assert.Equal(asked.NetworkAddress, burst.Local(0));

        using var answer = new TestBatch();
        answer.Write(("answer", burst.Peer(0), burst.Local(0)));
        Assert.Equal(1, answer.Send(server).Value);
        Assert.Equal(1, burst.Receive(client).Value);
        Assert.Equal("answer", burst.Text(0));
        Assert.Equal(asked.Address, burst.Peer(0).Address);
        Assert.Equal(0u, burst.Local(0));
    }

    int Bound(IPAddress ip, out SockAddrIn address)
    {
        var fd = _scratch.Socket(SockDomain.Inet, SockType.Datagram);
        LibC.Bind(fd, new SockAddrIn(new IPEndPoint(ip, 0))).OrThrow("bind");
        LibC.GetSockName(fd, out address).OrThrow("getsockname");
        return fd;
    }

    /// <summary>A few messages in memory that does not move.</summary>
    sealed unsafe class TestBatch : IDisposable
    {
        const int Capacity = 4, Room = 64;

        struct Message
        {
            public SockAddrIn Peer;
            public IoVec Piece;
            public PacketInfoControl Control;
        }

        readonly MMsgHdr* _headers = Zeroed<MMsgHdr>(Capacity);
        readonly Message* _messages = Zeroed<Message>(Capacity);
        readonly byte* _bytes = Zeroed<byte>(Capacity * Room);
        int _count;

        public void Write(params (string Text, SockAddrIn To, uint From)[] messages)
        {
            foreach (var (text, to, from) in messages)
            {
                var length = Encoding.ASCII.GetBytes(text, new Span<byte>(Buffer(_count), Room));
                _messages[_count].Peer = to;
                _messages[_count].Control = PacketInfoControl.From(from);
                Prepare(_count++, length, withControl: from != 0);
            }
        }

        public SysResult Send(int fd, int skip = 0) =>
            LibC.SendMmsg(fd, _headers + skip, _count - skip);

        public SysResult Receive(int fd)
        {
            for (var i = 0; i < Capacity; i++) Prepare(i, Room, withControl: true);
            return LibC.RecvMmsg(fd, _headers, Capacity);
        }

        public string Text(int i) => Encoding.ASCII.GetString(Buffer(i), (int)_headers[i].Length);

        public SockAddrIn Peer(int i) => _messages[i].Peer;

        public uint Local(int i) =>
            _messages[i].Control.LocalAddressOr0(_headers[i].Header.ControlLength);

        void Prepare(int i, int length, bool withControl)
        {
            _messages[i].Piece = new IoVec(Buffer(i), length);
            _headers[i].Header = new MsgHdr
            {
                Name = &_messages[i].Peer,
                NameLength = (uint)sizeof(SockAddrIn),
                Pieces = &_messages[i].Piece,
                PieceCount = 1,
                Control = withControl ? &_messages[i].Control : null,
                ControlLength = withControl ? PacketInfoControl.Space : 0,
            };
        }

        byte* Buffer(int i) => _bytes + i * Room;

        static T* Zeroed<T>(int count) where T : unmanaged =>
            (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));

        public void Dispose()
        {
            NativeMemory.Free(_headers);
            NativeMemory.Free(_messages);
            NativeMemory.Free(_bytes);
        }
    }
}
