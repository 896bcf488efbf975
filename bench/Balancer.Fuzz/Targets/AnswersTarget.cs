using System.Buffers.Binary;
using Balancer.Fuzz.World;
using Balancer.Rx;
using Balancer.Rx.Protocol;

namespace Balancer.Fuzz.Targets;

/// <summary>
/// Whatever a backend says costs at most its own session: an answer goes only to who asked this
/// backend, and at most as many as were asked; the other backend's session stays; the sums agree;
/// answers allocate nothing.
/// </summary>
/// <param name="always">The options to judge strictly; null: some chunks in compat, where answers
/// go wherever a backend says.</param>
internal sealed class AnswersTarget(BalancerOptions? always = null) : ITarget, IJudge
{
    private const int Rogue = 0, Good = 1, Ids = 4, Questions = FuzzWorld.Clients * Ids;
    private const ushort FirstPort = 40_000, FirstId = 0x1F00;
    private const int ManyAsked = 4, StepsBetweenExpiries = 64;
    private const long Tale = 64 * 1024;

    private static readonly byte[][] Answers = DatagramsIn(Corpus.FromBackend);

    private readonly Mutator _input = new();
    private readonly int[] _asked = new int[Questions];
    private readonly int[][] _askedOf = [new int[Questions], new int[Questions]];
    private FuzzWorld? _world;

    // A core that has thrown is left as it is: it holds nothing but memory.
    private bool _isWhole;
    private bool _judges;
    private int _speaker;
    private int _step;

    /// <inheritdoc/>
    public string Name => "answers";

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Input => _input.Bytes;

    /// <inheritdoc/>
    public void Begin(ref Lot lot)
    {
        Dispose();
        _isWhole = false;
        _input.Clear();
        _judges = false;
        var compat = lot.OneIn(4);
        _world = new(always ?? (compat ? FuzzWorld.Compat : FuzzWorld.Strict), this, this)
        {
            RefusesOneIn = lot.OneIn(2) ? 16 : 0,
        };
        _judges = always is not null || !compat;
        _step = 0;
        Forget();
        _isWhole = true;
    }

    /// <inheritdoc/>
    public int Step(ref Lot lot)
    {
        var world = _world!;
        _isWhole = false;
        Ask(world, ref lot);
        Compose(ref lot);
        if (Say(world, ref lot))
            OneLess(world);
        world.Check();
        if (++_step % StepsBetweenExpiries == 0)
            Expire(world);
        _isWhole = true;
        return 1;
    }

    /// <inheritdoc/>
    public void Asked(int backend, in Frame datagram)
    {
        if (QuestionOf(datagram.Address, datagram.Port, datagram.Data) is var at and >= 0)
            _askedOf[backend][at]++;
    }

    /// <inheritdoc/>
    public void Answered(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload)
    {
        if (!_judges)
            return;
        var at = QuestionOf(to.Address, to.Port, payload);
        Finding.Unless(at >= 0, "an answer goes to somebody who never asked");
        Finding.Unless(
            _asked[at]-- > 0 && _askedOf[_speaker][at]-- > 0,
            "more answers go to a client than it has asked this backend for");
        Finding.Unless(
            listener == FuzzWorld.Listener && from == FuzzWorld.Local,
            "an answer leaves by another way than the question came");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isWhole)
            _world?.Dispose();
    }

    private void Ask(FuzzWorld world, ref Lot lot)
    {
        var burst = world.Burst;
        burst.Count = 0;
        for (var i = lot.Below(6); i > 0; i--)
        {
            var at = lot.Below(Questions);
            if (_asked[at] >= ManyAsked)
                continue;
            _asked[at]++;
            var query = lot.Of<byte[]>(Corpus.Queries);
            var place = burst.Buffer.AsSpan(burst.Count * Rx.Forwarding.DatagramBurst.Stride);
            query.CopyTo(place);
            BinaryPrimitives.WriteUInt16BigEndian(place, IdOf(at));
            burst.Datagrams[burst.Count++] = new()
            {
                Client = ClientOf(at).Address,
                Port = ClientOf(at).Port,
                Local = FuzzWorld.Local,
                Length = query.Length,
            };
        }
        world.Receive();
    }

    // Frames that answer, in most cases somebody who asked; then mutated, in half of the cases.
    private void Compose(ref Lot lot)
    {
        _input.Clear();
        Span<byte> header = stackalloc byte[FrameSize.DatagramHeader];
        for (var frames = lot.Below(8); frames > 0; frames--)
        {
            if (lot.OneIn(16))
            {
                _input.Append(lot.Of<byte[]>(Corpus.FromBackend));
                continue;
            }
            var at = lot.Below(Questions);
            var answer = lot.Of<byte[]>(Answers);
            if (_input.Bytes.Length + header.Length + answer.Length > Mutator.Most)
                break;
            FrameWriter.DatagramHeader(
                header, FrameType.OutboundUdp, ClientOf(at), answer.Length);
            _input.Append(header);
            _input.Append(answer);
            BinaryPrimitives.WriteUInt16BigEndian(_input.Bytes[^answer.Length..], IdOf(at));
        }
        if (lot.OneIn(2))
            _input.Mutate(Corpus.FromBackend, ref lot);
    }

    /// <summary>Says it in pieces; whether the session is over.</summary>
    private bool Say(FuzzWorld world, ref Lot lot)
    {
        var attempt = world.Attempt(Rogue);
        var session = world.Session(Rogue);
        _speaker = Rogue;
        for (var at = 0; at < _input.Bytes.Length;)
        {
            var rest = _input.Bytes.Length - at;
            var piece = lot.OneIn(2) ? rest : 1 + lot.Below(rest);
            var before = GC.GetAllocatedBytesForCurrentThread();
            world.Link(Rogue).Say(_input.Bytes.Slice(at, piece));
            var after = GC.GetAllocatedBytesForCurrentThread();
            var isOver = world.Attempt(Rogue) != attempt;
            // A fault has a tale to tell, and so has a heartbeat that was owed.
            AllocationFinding.Unless(
                after - before, ReferenceEquals(world.Session(Rogue), session) ? 0 : Tale);
            session = world.Session(Rogue);
            if (isOver)
                return true;
            at += piece;
        }
        return false;
    }

    // The rogue has lost its session; it comes back, and nobody else has noticed.
    private void OneLess(FuzzWorld world)
    {
        var attempt = world.Attempt(Good);
        Array.Clear(_askedOf[Rogue]);
        world.Recover();
        Finding.Unless(
            attempt is not null && world.Attempt(Good) == attempt,
            "a backend has cost another one its session");
    }

    private void Expire(FuzzWorld world)
    {
        world.Pass(TimeSpan.FromSeconds(12));
        world.Recover();
        Finding.Unless(world.Control.Data.InFlight == 0, "a question does not expire");
        world.Check();
        Forget();
    }

    private void Forget()
    {
        Array.Clear(_asked);
        Array.ForEach(_askedOf, Array.Clear);
    }

    private static ClientEndpoint ClientOf(int question) => new(
        new(FuzzWorld.FirstClient + (uint)(question / Ids)), (ushort)(FirstPort + question / Ids));

    private static ushort IdOf(int question) => (ushort)(FirstId + question % Ids);

    private static int QuestionOf(ClientAddress client, uint port, ReadOnlySpan<byte> message)
    {
        var who = client.Value - FuzzWorld.FirstClient;
        if (who >= FuzzWorld.Clients || port != FirstPort + who || message.Length < 2)
            return -1;
        var id = (uint)BinaryPrimitives.ReadUInt16BigEndian(message) - FirstId;
        return id < Ids ? (int)(who * Ids + id) : -1;
    }

    private static byte[][] DatagramsIn(byte[][] reads)
    {
        var found = new List<byte[]>();
        foreach (var read in reads)
        {
            var reader = FrameReader.FromBackend(read);
            while (reader.Next(out var frame) == FrameRead.Complete)
            {
                if (frame.Data.Length > 0)
                    found.Add(frame.Data.ToArray());
            }
        }
        return [.. found];
    }
}
