// OVER UDP: a burst is one sendmmsg by one socket, and the next burst is the next socket's turn.
//
// There is one socket per source port, not per client and port: each is bound to all addresses, and
// IP_PKTINFO says with every datagram from which of them it leaves, or to which it came. So a
// thousand clients with sixteen ports each are sixteen descriptors.
//
// Neighbours of one client are one message with UDP_SEGMENT if trains were asked for: cheaper to
// send, and separate datagrams to whoever receives them. Answers are not received in trains
// (UDP_GRO), although it would be cheaper: the server would be spared the cutting, which it would
// not be by real clients.
//
// Of an answer only as much is received as is looked at. Sending blocks if it must: what the way
// out cannot take is not the server's loss.

using System.Runtime.InteropServices;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.Load.Figures;
using Balancer.Load.Native;

namespace Balancer.Load.Asking;

/// <summary>Queries as datagrams.</summary>
sealed unsafe class UdpCarrier : ICarrier
{
    const int Batch = 64, ReceiveBuffer = 32 << 20, SendBuffer = 4 << 20;

    readonly Flight _flight;
    readonly Tally _tally;
    readonly Pace _pace;
    readonly Question _question;
    readonly int _train;
    readonly uint _serverAddress;
    readonly ushort _serverPort;
    readonly List<Descriptor> _sockets = [];
    readonly DatagramBatch _out;
    readonly DatagramBatch _in;
    readonly int[] _ids = new int[Batch];
    int _turn;
    int _filled = Batch;

    public UdpCarrier(
        LoadOptions options, Flight flight, Tally tally, Pace pace, Question question, int epoll)
    {
        (_flight, _tally, _pace, _question) = (flight, tally, pace, question);
        _train = options.Train;
        var server = new SockAddrIn(options.To);
        (_serverAddress, _serverPort) = (server.NetworkAddress, server.NetworkPort);
        _out = new(Batch, question.Size);
        _in = new(Batch, question.Size);
        for (var i = 0; i < Batch; i++)
        {
            _out.Names[i] = server;
            question.Lay(_out.Bytes(i));
        }
        for (var i = 0; i < options.Ports; i++)
            _sockets.Add(Open(epoll, word: (ulong)i));
    }

    /// <summary>A burst holds whole trains.</summary>
    public int Burst => Batch - Batch % _train;

    public long Dropped => _sockets.Sum(socket =>
        LibC.GetSockOpt(socket.Fd, LoadLibC.SocketMemory, out SocketMemory memory).IsError
            ? 0L
            : memory.Dropped);

    public void Send(int count, long now)
    {
        var socket = _turn;
        _turn = socket + 1 == _sockets.Count ? 0 : socket + 1;
        var messages = 0;
        for (var i = 0; i < count; i++)
        {
            var number = _flight.Next;
            var id = _ids[i] = _flight.Take(socket, now, _pace.Due(number, now));
            Question.Stamp(_out.Bytes(i), id, number);
            if (i > 0 && _train > 1 && number % _train != 0)
                _out.Couple(messages - 1);
            else
                _out.Begin(messages++, i, _flight[id].Client);
        }
        Send(_sockets[socket].Fd, messages);
    }

    public void Serve(ulong word)
    {
        var socket = (int)word;
        var fd = _sockets[socket].Fd;
        do
        {
            _in.Empty(_filled);
            var received = LibC.RecvMmsg(fd, _in.Messages, Batch);
            _filled = received.IsError ? 0 : received.Value;
            var now = Clock.Now;
            for (var i = 0; i < _filled; i++)
                Judge(i, socket, now);
            if (received.IsError && !received.Is(Errno.EAGAIN))
                received.OrThrow("recvmmsg");
        }
        while (_filled == Batch);
    }

    public void GiveUp(int id)
    {
        _tally.Lost++;
        _flight.Release(id, answered: false);
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _out.Dispose();
        _in.Dispose();
    }

    static Descriptor Open(int epoll, ulong word)
    {
        var socket = Descriptor.Of(LibC.Socket(SockDomain.Inet, SockType.Datagram), "socket");
        var fd = socket.Fd;
        SocketBuffers.Enlarge(fd, SendBuffer, ReceiveBuffer);
        LibC.SetSockOpt(fd, SockOption.PacketInfo, 1).OrThrow("IP_PKTINFO");
        LibC.SetSockOpt(fd, LoadLibC.PathMtuDiscovery, LoadLibC.NeverFragment)
            .OrThrow("IP_MTU_DISCOVER");
        LibC.Bind(fd, new SockAddrIn(0, 0)).OrThrow("bind");
        LibC.EpollCtl(epoll, EpollOp.Add, fd, EpollEvents.In, word).OrThrow("epoll_ctl");
        return socket;
    }

    // What is refused is one message's failure, and the rest goes on behind it.
    void Send(int fd, int messages)
    {
        var query = 0;
        for (var done = 0; done < messages;)
        {
            var sent = LibC.SendMmsg(fd, _out.Messages + done, messages - done, MsgFlags.None);
            for (var end = done + (sent.IsError ? 1 : sent.Value); done < end; done++)
            {
                var queries = _out.CarsOf(done);
                if (sent.IsError)
                    Refuse(query, queries, sent.Error);
                else
                    _tally.Sent += queries;
                query += queries;
            }
        }
    }

    void Refuse(int first, int count, Errno error)
    {
        _tally.Refuse(count, error);
        for (var i = first; i < first + count; i++)
            _flight.Release(_ids[i], answered: false);
    }

    void Judge(int i, int socket, long now)
    {
        ref var name = ref _in.Names[i];
        var isFromServer =
            name.NetworkAddress == _serverAddress && name.NetworkPort == _serverPort;
        if (!isFromServer || !_question.TryRead(_in.Received(i), out var id, out var number))
        {
            _tally.Count(Verdict.Wrong, 0, 0, now);
            return;
        }
        var verdict = _flight.Judge(id, number, _in.LocalAddressOr0(i), socket);
        if (verdict != Verdict.Answered)
        {
            _tally.Count(verdict, 0, 0, now);
            return;
        }
        ref readonly var query = ref _flight[id];
        _tally.Count(verdict, query.Sent, query.Due, now);
        _flight.Release(id, answered: true);
    }
}
