// OVER TCP: each query on a connection of its own. Connect, ask, read, close.
//
// On loopback a connection is there before connect has returned, though it says EINPROGRESS; so the
// question is written at once, and only where that is too early does epoll tell when it is not.
//
// A query is sent when its bytes are written. What fails before is refused; what fails afterwards,
// by whichever end, is lost. Nothing can come late or twice: the connection is closed by then.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Balancer.Daemon.Native;
using Balancer.Load.Figures;
using Balancer.Load.Native;

namespace Balancer.Load.Asking;

/// <summary>Queries on connections.</summary>
sealed unsafe class TcpCarrier : ICarrier
{
    const int LengthSize = 2, LongestMessage = LengthSize + ushort.MaxValue;
    const int IdBits = 16;

    struct Connection
    {
        public int Fd;
        public bool IsAsked;
        /// <summary>How much of the answer has come.</summary>
        public int Held;
    }

    readonly Flight _flight;
    readonly Tally _tally;
    readonly Pace _pace;
    readonly Question _question;
    readonly int _epoll;
    readonly SockAddrIn _server;
    readonly Connection[] _connections;
    readonly byte[] _query;
    readonly byte[] _read = new byte[LongestMessage];
    // Of each answer that comes in pieces as much as is looked at.
    readonly byte* _heads;

    public TcpCarrier(
        LoadOptions options, Flight flight, Tally tally, Pace pace, Question question, int epoll)
    {
        (_flight, _tally, _pace, _question) = (flight, tally, pace, question);
        _epoll = epoll;
        _server = new(options.To);
        _connections = new Connection[options.Outstanding];
        _query = new byte[LengthSize + question.Size];
        BinaryPrimitives.WriteUInt16BigEndian(_query, (ushort)question.Size);
        question.Lay(_query.AsSpan(LengthSize));
        _heads = (byte*)NativeMemory.AllocZeroed((nuint)options.Outstanding, (nuint)_query.Length);
    }

    public int Burst => 64;

    public long Dropped => 0;

    public void Send(int count, long now)
    {
        for (var i = 0; i < count; i++)
        {
            var id = _flight.Take(socket: 0, now, _pace.Due(_flight.Next, now));
            ref var connection = ref _connections[id];
            connection = new() { Fd = -1 };
            var opened = Open(ref connection, _flight[id].Client);
            if (opened.IsError)
                Refuse(id, opened.Error);
            else
                Ask(id, EpollOp.Add);
        }
    }

    public void Serve(ulong word)
    {
        var id = (int)(word & (1 << IdBits) - 1);
        // An earlier event of the same wait may have ended it.
        if (_flight[id].Number != (long)(word >> IdBits))
            return;
        if (_connections[id].IsAsked)
            Read(id);
        else
            Ask(id, EpollOp.Modify);
    }

    public void GiveUp(int id)
    {
        if (_connections[id].IsAsked)
            Lose(id);
        else
            Refuse(id, Errno.ETIMEDOUT);
    }

    public void Dispose() => NativeMemory.Free(_heads);

    SysResult Open(ref Connection connection, uint from)
    {
        var socket = LibC.Socket(SockDomain.Inet, SockType.Stream | SockType.NonBlocking);
        if (socket.IsError)
            return socket;
        connection.Fd = socket.Value;
        var local = new SockAddrIn(0, 0) { NetworkAddress = from };
        var set = LibC.SetSockOpt(connection.Fd, LoadLibC.BindAddressNoPort, 1);
        if (set.IsError)
            return set;
        var bound = LibC.Bind(connection.Fd, local);
        if (bound.IsError)
            return bound;
        var connected = LibC.Connect(connection.Fd, _server);
        return connected.Is(Errno.EINPROGRESS) ? SysResult.Of(0) : connected;
    }

    void Ask(int id, EpollOp op)
    {
        ref var connection = ref _connections[id];
        var number = _flight[id].Number;
        Question.Stamp(_query.AsSpan(LengthSize), id, number);
        var written = LibC.Send(connection.Fd, _query);
        connection.IsAsked = !written.IsError;
        if (connection.IsAsked)
            _tally.Sent++;
        else if (!written.Is(Errno.EAGAIN))
        {
            Refuse(id, written.Error);
            return;
        }
        var interest = connection.IsAsked ? EpollEvents.In : EpollEvents.Out;
        var word = (ulong)number << IdBits | (uint)id;
        LibC.EpollCtl(_epoll, op, connection.Fd, interest, word).OrThrow("epoll_ctl");
    }

    void Read(int id)
    {
        ref var connection = ref _connections[id];
        var received = LibC.Recv(connection.Fd, _read);
        if (received.Is(Errno.EAGAIN))
            return;
        if (received.IsError || received.Value == 0)
        {
            Lose(id);
            return;
        }
        var head = new Span<byte>(_heads + id * _query.Length, _query.Length);
        if (connection.Held < head.Length)
        {
            var rest = head[connection.Held..];
            _read.AsSpan(0, Math.Min(received.Value, rest.Length)).CopyTo(rest);
        }
        connection.Held += received.Value;
        if (connection.Held < LengthSize)
            return;
        var length = BinaryPrimitives.ReadUInt16BigEndian(head);
        if (connection.Held >= LengthSize + length)
            End(id, head.Slice(LengthSize, Math.Min(length, _question.Size)));
    }

    void End(int id, ReadOnlySpan<byte> answer)
    {
        var now = Clock.Now;
        ref readonly var query = ref _flight[id];
        var isRight = _question.TryRead(answer, out var said, out var number)
            && said == id && number == query.Number;
        var verdict = isRight ? Verdict.Answered : Verdict.Wrong;
        _tally.Count(verdict, query.Sent, query.Due, now);
        if (isRight)
            Close(id, answered: true);
        else
            Lose(id);
    }

    void Lose(int id)
    {
        _tally.Lost++;
        Close(id, answered: false);
    }

    void Refuse(int id, Errno error)
    {
        _tally.Refuse(1, error);
        Close(id, answered: false);
    }

    void Close(int id, bool answered)
    {
        if (_connections[id].Fd >= 0)
            LibC.Close(_connections[id].Fd);
        _connections[id].Fd = -1;
        _flight.Release(id, answered);
    }
}
