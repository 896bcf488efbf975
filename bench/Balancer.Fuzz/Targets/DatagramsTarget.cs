using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Fuzz.World;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;

namespace Balancer.Fuzz.Targets;

/// <summary>
/// Whatever comes to the port: only what has a header, asks and can be answered reaches a backend,
/// unchanged and once; partial writes cut no frame; the sums agree; known clients cost no memory.
/// </summary>
/// <param name="always">The options to judge strictly; null: some chunks in compat, where all that
/// fits is passed on.</param>
internal sealed class DatagramsTarget(BalancerOptions? always = null) : ITarget, IJudge
{
    private const int Backends = 2, Header = 12, StepsBetweenPauses = 256;
    private const long OfStrangers = 512 * 1024;

    private readonly Mutator _input = new();
    private readonly Dictionary<ulong, int> _due = new(16 * 1024);
    private FuzzWorld? _world;

    // A core that has thrown is left as it is: it holds nothing but memory.
    private bool _isWhole;
    private bool _judges;
    private bool _isStrict;
    private int _step;

    /// <inheritdoc/>
    public string Name => "datagrams";

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Input => _input.Bytes;

    private FuzzWorld World => _world!;

    /// <inheritdoc/>
    public void Begin(ref Lot lot)
    {
        Dispose();
        _isWhole = false;
        _due.Clear();
        _judges = false;
        var compat = lot.OneIn(4);
        _isStrict = always is not null || !compat;
        _world = new(
            always ?? (compat ? FuzzWorld.Compat : FuzzWorld.Strict), this, this);
        _judges = true;
        _step = 0;
        _isWhole = true;
    }

    /// <inheritdoc/>
    public int Step(ref Lot lot)
    {
        _isWhole = false;
        var count = 1 + lot.Below(DatagramBurst.Capacity);
        World.Burst.Count = count;
        var areKnown = true;
        for (var i = 0; i < count; i++)
            areKnown &= Fill(i, ref lot);
        for (var backend = 0; backend < Backends; backend++)
        {
            if (lot.OneIn(4))
                World.Link(backend).Room = lot.Below(4_096);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        World.Receive();
        AllocationFinding.Since(before, areKnown ? 0 : OfStrangers);
        World.Check();

        if (lot.OneIn(2))
            Drain();
        if (++_step % StepsBetweenPauses == 0)
        {
            Drain();
            World.Pass(TimeSpan.FromSeconds(3));
            World.Check();
        }
        _isWhole = true;
        return count;
    }

    /// <inheritdoc/>
    public void Asked(int backend, in Frame datagram)
    {
        if (!_judges)
            return;
        var digest = Digest.Of(0, datagram.Address.Value, datagram.Port, datagram.Data);
        ref var due = ref CollectionsMarshal.GetValueRefOrNullRef(_due, digest);
        Finding.Unless(
            !Unsafe.IsNullRef(ref due) && due-- > 0,
            "a backend was sent what no client has sent, or what must not pass");
    }

    /// <inheritdoc/>
    public void Answered(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload) =>
        throw new Finding("an answer, where no backend has said a word");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isWhole)
            _world?.Dispose();
    }

    /// <summary>Draws the datagram at this place; whether its client is known.</summary>
    private bool Fill(int place, ref Lot lot)
    {
        _input.Draw(lot.OneIn(16) ? Corpus.FromBackend : Corpus.Queries, ref lot);
        var client = lot.OneIn(512)
            ? new ClientAddress((uint)lot.Next())
            : new(FuzzWorld.FirstClient + (uint)lot.Below(FuzzWorld.Clients));
        var port = lot.OneIn(32) ? lot.Of<ushort>([0, 1, 53, 65_535]) : (ushort)lot.Next();
        var kept = Math.Min(_input.Bytes.Length, DatagramBurst.Stride);
        _input.Bytes[..kept].CopyTo(World.Burst.Buffer.AsSpan(place * DatagramBurst.Stride));
        World.Burst.Datagrams[place] = new()
        {
            Client = client,
            Port = port,
            Local = FuzzWorld.Local,
            Length = _input.Bytes.Length,
        };
        if (MayPass(client, port))
        {
            var digest = Digest.Of(0, client.Value, port, _input.Bytes);
            CollectionsMarshal.GetValueRefOrAddDefault(_due, digest, out _)++;
        }
        return World.Control.Remotes.Find(client) is not null;
    }

    // The filter once more, as ADR 0003 tells it.
    private bool MayPass(ClientAddress client, ushort port)
    {
        var bytes = _input.Bytes;
        if (bytes.Length > FrameSize.MaxDatagram)
            return false;
        return !_isStrict
            || (bytes.Length >= Header && bytes[2] < 0x80 && port > 0
                && client.Value >> 24 is > 0 and < 224);
    }

    // All that waits is sent; what is still due then was dropped.
    private void Drain()
    {
        for (var backend = 0; backend < Backends; backend++)
            World.Link(backend).Unblock();
        _due.Clear();
    }
}
