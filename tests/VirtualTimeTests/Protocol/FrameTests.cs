using System.Buffers.Binary;
using Balancer.Rx;
using Balancer.Rx.Protocol;
using CsCheck;

namespace Balancer.VirtualTimeTests.Protocol;

// The wire, both directions: F1 to F11 by example, the rest for all bytes.
public class FrameTests
{
    static readonly FrameType[] ToBackend =
    [
        FrameType.ClientHello, FrameType.InboundUdp, FrameType.InboundTcp,
        FrameType.ClientHeartbeat,
    ];

    static readonly FrameType[] FromBackend =
    [
        FrameType.ServerHello, FrameType.OutboundUdp, FrameType.InboundTcpOk,
        FrameType.ServerHeartbeat,
    ];

    sealed record Sample(FrameType Type, uint Address, ushort Port, byte[] Data);

    static Gen<Sample[]> Samples(FrameType[] types) => Gen.Select(
        OneOf(types), Gen.UInt, Gen.UShort,
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[1_490, 1_500]),
        (type, address, port, data) => new Sample(type, address, port, data)).Array[0, 12];

    static Gen<FrameType> OneOf(FrameType[] types) =>
        Gen.Int[0, types.Length - 1].Select(i => types[i]);

    [Fact]
    public void A_datagram_is_its_type_address_port_length_and_data()
    {
        var bytes = new byte[19];
        var client = new ClientEndpoint(ClientAddress.Parse("10.77.77.5"), 0x1234);
        Assert.Equal(19, FrameWriter.Datagram(bytes, FrameType.InboundUdp, client, [1, 2, 3]));
        Assert.Equal(
            [2, 0, 0, 0, 0x05, 0x4D, 0x4D, 0x0A, 0x34, 0x12, 0, 0, 3, 0, 0, 0, 1, 2, 3], bytes);
    }

    [Fact]
    public void The_opening_of_a_tcp_connection_is_its_type_address_and_port()
    {
        var bytes = new byte[12];
        var client = new ClientEndpoint(ClientAddress.Parse("10.77.77.5"), 0x1234);
        Assert.Equal(12, FrameWriter.InboundTcp(bytes, client));
        Assert.Equal([3, 0, 0, 0, 0x05, 0x4D, 0x4D, 0x0A, 0x34, 0x12, 0, 0], bytes);
    }

    [Theory]
    [InlineData(FrameType.ClientHello, 1, 0)]
    [InlineData(FrameType.ClientHeartbeat, 4, 0)]
    [InlineData(FrameType.ServerHello, 0xE9, 3)]
    [InlineData(FrameType.InboundTcpOk, 0xEB, 3)]
    [InlineData(FrameType.ServerHeartbeat, 0xEC, 3)]
    public void Other_frames_are_only_their_type(FrameType type, byte low, byte high)
    {
        var bytes = new byte[4];
        Assert.Equal(4, FrameWriter.Bare(bytes, type));
        Assert.Equal([low, high, 0, 0], bytes);
    }

    [Fact]
    public void What_a_balancer_writes_a_backend_reads() =>
        Samples(ToBackend).Sample(
            frames => Returns(frames, fromBackend: false), iter: 2_000);

    [Fact]
    public void What_a_backend_writes_a_balancer_reads() =>
        Samples(FromBackend).Sample(
            frames => Returns(frames, fromBackend: true), iter: 2_000);

    [Fact]
    public void Every_truncation_of_a_frame_is_incomplete_and_moves_nothing()
    {
        foreach (var type in ToBackend.Concat(FromBackend))
        {
            var bytes = Write([new(type, 0x0A4D4D05, 53, new byte[40])]);
            for (var length = 0; length < bytes.Length; length++)
            {
                var reader = Reader(bytes.AsSpan(0, length), FromBackend.Contains(type));
                Assert.Equal(FrameRead.Incomplete, reader.Next(out _));
                Assert.Equal(0, reader.Position);
            }
        }
    }

    [Fact]
    public void Frames_of_the_other_direction_are_unknown()
    {
        foreach (var type in ToBackend.Concat(FromBackend))
        {
            var bytes = Write([new(type, 1, 1, [])]);
            var reader = Reader(bytes, fromBackend: !FromBackend.Contains(type));
            Assert.Equal(FrameRead.UnknownType, reader.Next(out _));
            Assert.Equal(0, reader.Position);
        }
    }

    [Theory]
    [InlineData(1_500u, FrameRead.Incomplete)]
    [InlineData(1_501u, FrameRead.Oversized)]
    [InlineData(int.MaxValue, FrameRead.Oversized)]
    [InlineData(uint.MaxValue, FrameRead.Oversized)]
    public void A_datagram_is_judged_by_its_header(uint length, FrameRead read)
    {
        foreach (var type in new[] { FrameType.InboundUdp, FrameType.OutboundUdp })
        {
            var bytes = Write([new(type, 1, 1, [])]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), length);
            var reader = Reader(bytes, type == FrameType.OutboundUdp);
            Assert.Equal(read, reader.Next(out _));
        }
    }

    [Fact]
    public void No_bytes_throw_and_the_reader_never_leaves_them() =>
        Gen.Select(Bytes, Gen.Bool).Sample((bytes, fromBackend) =>
        {
            var reader = Reader(bytes, fromBackend);
            var last = 0;
            while (reader.Next(out var frame) == FrameRead.Complete)
            {
                Assert.InRange(reader.Position, last + FrameSize.Bare, bytes.Length);
                Assert.InRange(frame.Data.Length, 0, FrameSize.MaxDatagram);
                last = reader.Position;
            }
            Assert.Equal(last, reader.Position);
        }, iter: 10_000);

    // Random words, of which many are types or small lengths: pure noise is never a frame.
    static Gen<byte[]> Bytes => Gen.OneOf(
            OneOf([.. ToBackend, .. FromBackend]).Select(type => (uint)type),
            Gen.UInt[0, 20], Gen.UInt)
        .Array[0, 40]
        .Select(Gen.Int[0, 3], (words, odd) => (byte[])
            [.. words.SelectMany(BitConverter.GetBytes), .. new byte[odd]]);

    static void Returns(Sample[] frames, bool fromBackend)
    {
        var bytes = Write(frames);
        var reader = Reader(bytes, fromBackend);
        foreach (var sample in frames)
        {
            Assert.Equal(FrameRead.Complete, reader.Next(out var frame));
            Assert.Equal(sample.Type, frame.Type);
            var hasClient = sample.Type is FrameType.InboundUdp or FrameType.OutboundUdp
                or FrameType.InboundTcp;
            Assert.Equal(hasClient ? sample.Address : 0, frame.Address.Value);
            Assert.Equal(hasClient ? sample.Port : 0u, frame.Port);
            Assert.Equal(HasData(sample.Type) ? sample.Data : [], frame.Data.ToArray());
        }
        Assert.Equal(FrameRead.Incomplete, reader.Next(out _));
        Assert.Equal(bytes.Length, reader.Position);
    }

    static FrameReader Reader(ReadOnlySpan<byte> bytes, bool fromBackend) =>
        fromBackend ? FrameReader.FromBackend(bytes) : FrameReader.FromBalancer(bytes);

    static bool HasData(FrameType type) => type is FrameType.InboundUdp or FrameType.OutboundUdp;

    static byte[] Write(Sample[] frames)
    {
        var bytes = new byte[frames.Length * FrameSize.Max];
        var at = 0;
        foreach (var (type, address, port, data) in frames)
        {
            var client = new ClientEndpoint(new(address), port);
            at += HasData(type) ? FrameWriter.Datagram(bytes.AsSpan(at), type, client, data)
                : type == FrameType.InboundTcp ? FrameWriter.InboundTcp(bytes.AsSpan(at), client)
                : FrameWriter.Bare(bytes.AsSpan(at), type);
        }
        return bytes[..at];
    }
}
