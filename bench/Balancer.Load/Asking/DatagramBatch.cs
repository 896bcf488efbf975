using System.Runtime.InteropServices;
using Balancer.Daemon.Native;

namespace Balancer.Load.Asking;

/// <summary>Memory for so many datagrams of one size, laid out for sendmmsg and recvmmsg.</summary>
sealed unsafe class DatagramBatch : IDisposable
{
    readonly int _capacity;
    readonly int _size;
    readonly byte* _bytes;
    readonly IoVec* _pieces;
    readonly SendControl* _controls;

    public DatagramBatch(int capacity, int size)
    {
        (_capacity, _size) = (capacity, size);
        _bytes = Zeroed<byte>(capacity * size);
        _pieces = Zeroed<IoVec>(capacity);
        _controls = Zeroed<SendControl>(capacity);
        Names = Zeroed<SockAddrIn>(capacity);
        Messages = Zeroed<MMsgHdr>(capacity);
        for (var i = 0; i < capacity; i++)
        {
            _pieces[i] = new(_bytes + i * size, size);
            _controls[i].Segment = SegmentControl.Of(size);
            Messages[i].Header = new()
            {
                Name = Names + i,
                NameLength = (uint)sizeof(SockAddrIn),
                Pieces = _pieces + i,
                PieceCount = 1,
                Control = _controls + i,
                ControlLength = PacketInfoControl.Space,
            };
        }
    }

    /// <summary>To whom, or from whom.</summary>
    public SockAddrIn* Names { get; }

    public MMsgHdr* Messages { get; }

    /// <summary>The place of the i-th datagram.</summary>
    public Span<byte> Bytes(int i) => new(_bytes + i * _size, _size);

    /// <summary>The bytes of a message that came, as far as there was room.</summary>
    public ReadOnlySpan<byte> Received(int message) =>
        new(_bytes + message * _size, Math.Min((int)Messages[message].Length, _size));

    /// <summary>Where a message came to, in network order.</summary>
    public uint LocalAddressOr0(int message) =>
        _controls[message].Local.LocalAddressOr0(Messages[message].Header.ControlLength);

    /// <summary>Makes the first of these messages fit to be received into again.</summary>
    public void Empty(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Messages[i].Header.NameLength = (uint)sizeof(SockAddrIn);
            Messages[i].Header.ControlLength = PacketInfoControl.Space;
        }
    }

    /// <summary>Begins a message from this address (in network order) with a datagram.</summary>
    public void Begin(int message, int datagram, uint from)
    {
        _pieces[message] = new(_bytes + datagram * _size, _size);
        _controls[message].Local = PacketInfoControl.From(from);
        Messages[message].Header.ControlLength = PacketInfoControl.Space;
    }

    /// <summary>Has the next datagram follow in the same message.</summary>
    public void Couple(int message)
    {
        _pieces[message].Length += (nuint)_size;
        Messages[message].Header.ControlLength = (nuint)sizeof(SendControl);
    }

    /// <summary>How many datagrams a message is.</summary>
    public int CarsOf(int message) => (int)_pieces[message].Length / _size;

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(_pieces);
        NativeMemory.Free(_controls);
        NativeMemory.Free(Names);
        NativeMemory.Free(Messages);
    }

    static T* Zeroed<T>(int count) where T : unmanaged =>
        (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
}
