// ANSWERS: up to 64 by one system call, and neighbours in trains.
//
// Answers to one client socket that follow each other and are of one length (the last may be
// shorter) are one message with UDP_SEGMENT: they go through the kernel once, and are cut apart
// behind the routing and the firewall. Each arrives as a datagram of its own, in the same order.
// Resolvers and forwarders that ask from few sockets are answered at half the cost; a client that
// asks one question at a time never notices.
//
// What the kernel refuses is one answer's failure, and the rest goes on behind it (W1): a refused
// train is sent again car by car. Payloads are not copied; see IReplies for how long they must
// stay. Not promised: trains where the kernel or the way out does not have them.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Daemon.Native;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Sockets;

/// <summary>Answers that leave by one socket together.</summary>
sealed unsafe class ReplyBatch : IDisposable
{
    const int Capacity = 64;

    /// <summary>Cut datagrams cannot be fragmented, so they must fit every usual path.</summary>
    const int LongestCar = 1_232;

    /// <summary>What one UDP message may hold in all.</summary>
    const int LongestTrain = 65_507;

    readonly UdpListener _listener;
    readonly MMsgHdr* _messages = Zeroed<MMsgHdr>();
    readonly IoVec* _pieces = Zeroed<IoVec>();
    readonly SockAddrIn* _names = Zeroed<SockAddrIn>();
    readonly SendControl* _controls = Zeroed<SendControl>();
    int _messageCount;
    int _pieceCount;
    int _room;
    bool _makesTrains;
    int _sent;
    int _failed;

    public ReplyBatch(UdpListener listener)
    {
        _listener = listener;
        _makesTrains = !LibC.GetSockOpt(listener.Fd, SockOption.Segment, out int _).IsError;
        for (var i = 0; i < Capacity; i++)
        {
            ref var header = ref _messages[i].Header;
            header.Name = _names + i;
            header.NameLength = (uint)sizeof(SockAddrIn);
        }
    }

    /// <summary>Adds an answer; sends what is there first if it is full.</summary>
    public void Add(ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload)
    {
        if (_pieceCount == Capacity)
            Send();
        var piece = _pieces + _pieceCount++;
        *piece = new(
            (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(payload)), payload.Length);
        var name = new SockAddrIn(to.Address.Value, to.Port);
        var local = SockAddrIn.Swap(from.Value);
        // The kernel would drop an empty car.
        if (payload.Length > 0 && payload.Length <= _room && IsForLast(name, local))
            Couple(payload.Length);
        else
            Begin(name, local, piece);
    }

    /// <summary>Sends what is left; tells of everything added since the last flush.</summary>
    public ReplyTally Flush()
    {
        if (_messageCount > 0)
            Send();
        var tally = new ReplyTally(_sent, _failed);
        _sent = _failed = 0;
        return tally;
    }

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_pieces);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }

    bool IsForLast(in SockAddrIn name, uint local)
    {
        var last = _messageCount - 1;
        return _names[last].NetworkAddress == name.NetworkAddress
            && _names[last].NetworkPort == name.NetworkPort
            && _controls[last].Local.Info.LocalNetworkAddress == local;
    }

    void Begin(in SockAddrIn name, uint local, IoVec* piece)
    {
        _names[_messageCount] = name;
        _controls[_messageCount].Local = PacketInfoControl.From(local);
        ref var header = ref _messages[_messageCount++].Header;
        header.Pieces = piece;
        header.PieceCount = 1;
        header.Control = &_controls[_messageCount - 1].Local;
        header.ControlLength = local == 0 ? 0 : PacketInfoControl.Space;
        var length = (int)piece->Length;
        _room = _makesTrains && length <= LongestCar ? length : 0;
    }

    // The last answer is for the same client from the same address of ours, and no shorter.
    void Couple(int length)
    {
        var last = _messageCount - 1;
        ref var header = ref _messages[last].Header;
        var car = (int)header.Pieces->Length;
        if (header.PieceCount == 1)
        {
            _controls[last].Segment = SegmentControl.Of(car);
            if (header.ControlLength == 0)
                header.Control = &_controls[last].Segment;
            header.ControlLength += SegmentControl.Space;
        }
        header.PieceCount++;
        var full = ((int)header.PieceCount + 1) * car > LongestTrain;
        // Whatever follows a shorter one would be put into it.
        if (length < car || full)
            _room = 0;
    }

    void Send()
    {
        var done = 0;
        while (done < _messageCount)
        {
            var sent = LibC.SendMmsg(_listener.Fd, _messages + done, _messageCount - done);
            if (!sent.IsError)
            {
                for (var end = done + sent.Value; done < end; done++)
                    _sent += (int)_messages[done].Header.PieceCount;
                continue;
            }
            // Only a full send buffer ends the batch: trying the others too would be spinning.
            if (sent.Is(Errno.EAGAIN))
                break;
            Refused(ref _messages[done++], sent.Error);
        }
        for (; done < _messageCount; done++)
            _failed += (int)_messages[done].Header.PieceCount;
        _messageCount = _pieceCount = _room = 0;
    }

    void Refused(ref MMsgHdr message, Errno error)
    {
        if (message.Header.PieceCount == 1)
        {
            _failed++;
            return;
        }
        // The way out cannot cut (EIO): it will not learn it.
        if (error == Errno.EIO)
            _makesTrains = false;
        var cars = message.Header.PieceCount;
        var hasLocal = message.Header.ControlLength > SegmentControl.Space;
        message.Header.PieceCount = 1;
        message.Header.ControlLength = hasLocal ? PacketInfoControl.Space : 0;
        for (nuint i = 0; i < cars; i++, message.Header.Pieces++)
        {
            if (LibC.SendMmsg(_listener.Fd, (MMsgHdr*)Unsafe.AsPointer(ref message), 1).IsError)
                _failed++;
            else
                _sent++;
        }
    }

    static T* Zeroed<T>() where T : unmanaged =>
        (T*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(T));
}
