using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Daemon.Native;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Sockets;

/// <summary>Up to 64 answers that leave by one socket in one system call, without being copied.
/// </summary>
sealed unsafe class ReplyBatch : IDisposable
{
    const int Capacity = 64;

    readonly UdpListener _listener;
    readonly MMsgHdr* _messages = Zeroed<MMsgHdr>();
    readonly IoVec* _pieces = Zeroed<IoVec>();
    readonly SockAddrIn* _names = Zeroed<SockAddrIn>();
    readonly PacketInfoControl* _controls = Zeroed<PacketInfoControl>();
    int _count;
    int _sent;
    int _failed;

    public ReplyBatch(UdpListener listener)
    {
        _listener = listener;
        for (var i = 0; i < Capacity; i++)
        {
            _messages[i].Header = new()
            {
                Name = _names + i,
                NameLength = (uint)sizeof(SockAddrIn),
                Pieces = _pieces + i,
                PieceCount = 1,
            };
        }
    }

    /// <summary>The payload is pinned and stays until the flush (<see cref="IReplies.Add"/>).
    /// </summary>
    public void Add(ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload)
    {
        if (_count == Capacity)
            Send();
        _names[_count] = new(to.Address.Value, to.Port);
        _pieces[_count] = new(
            (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(payload)), payload.Length);
        ref var header = ref _messages[_count].Header;
        if (from.Value != 0)
        {
            _controls[_count] = PacketInfoControl.From(SockAddrIn.Swap(from.Value));
            header.Control = _controls + _count;
            header.ControlLength = PacketInfoControl.Space;
        }
        else
        {
            header.Control = null;
            header.ControlLength = 0;
        }
        _count++;
    }

    /// <summary>Sends what is left; tells of everything added since the last flush.</summary>
    public ReplyTally Flush()
    {
        if (_count > 0)
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

    // What the kernel refuses is one answer's failure, and the rest goes on behind it (W1). Only a
    // full send buffer ends the batch: trying the others too would be spinning.
    void Send()
    {
        var done = 0;
        while (done < _count)
        {
            var sent = LibC.SendMmsg(_listener.Fd, _messages + done, _count - done);
            if (!sent.IsError)
            {
                _sent += sent.Value;
                done += sent.Value;
                continue;
            }
            var refused = sent.Is(Errno.EAGAIN) ? _count - done : 1;
            _failed += refused;
            done += refused;
        }
        _count = 0;
    }

    static T* Zeroed<T>() where T : unmanaged =>
        (T*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(T));
}
