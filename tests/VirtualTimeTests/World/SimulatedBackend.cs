using System.Reactive.Concurrency;
using System.Runtime.InteropServices;
using Balancer.Rx;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests;

/// <summary>A frame that a backend has read, and when.</summary>
sealed record Heard(DateTimeOffset At, FrameType Type, ClientEndpoint Client, byte[] Data);

/// <summary>
/// A name in the socket directory, and the process behind it: says hello, answers heartbeats and
/// queries, unless it is told to behave otherwise.
/// </summary>
sealed class SimulatedBackend(SimulatedDirectory directory, IScheduler scheduler, string name)
{
    readonly List<SimulatedLink> _links = [];
    readonly List<Heard> _heard = [];
    readonly List<(SimulatedLink Link, byte[] Frame)> _held = [];
    bool _isStalled;

    public string Name => name;

    /// <summary>What it puts into its answers: its number, or one of its own.</summary>
    public int Mark { get; } = int.TryParse(name, out var number) ? number : name.Length;

    // ---- how it behaves

    public Connecting Connecting { get; set; }

    /// <summary>How long it takes to say hello; null: it never does.</summary>
    public TimeSpan? HelloAfter { get; set; } = TimeSpan.Zero;

    /// <summary>How long it takes to answer a heartbeat; null: it never does.</summary>
    public TimeSpan? HeartbeatAfter { get; set; } = TimeSpan.Zero;

    /// <summary>How long it takes to answer a query; null: it never does.</summary>
    public TimeSpan? AnswerAfter { get; set; } = TimeSpan.Zero;

    /// <summary>What it says to a query.</summary>
    public Func<byte[], int, byte[]> Answer { get; set; } = Message.Answer;

    /// <summary>Serves its queries in another way than by one answer each; null: it does not.
    /// </summary>
    public Action<SimulatedLink, Heard>? Serves { get; set; }

    /// <summary>Is told of every frame that it reads.</summary>
    public Action<Heard> Hears { get; set; } = _ => { };

    /// <summary>How many bytes its sockets hold that it has not read.</summary>
    public int SocketBuffer { get; set; } = int.MaxValue;

    /// <summary>How many bytes of what it says one read brings at most.</summary>
    public int ReadAtMost { get; set; } = int.MaxValue;

    // ---- how it stands

    public bool HasFile => directory.Has(name);

    public bool IsListening { get; private set; }

    /// <summary>The connection that was made last.</summary>
    public SimulatedLink Link => _links[^1];

    /// <summary>When connect() was called for it, whatever came of that.</summary>
    public List<DateTimeOffset> Knocks { get; } = [];

    /// <summary>All connections there were, the first one first.</summary>
    public IReadOnlyList<SimulatedLink> Links => _links;

    /// <summary>All frames it has read.</summary>
    public IReadOnlyList<Heard> Heard => _heard;

    public IEnumerable<Heard> Queries => _heard.Where(frame => frame.Type == FrameType.InboundUdp);

    // ---- what happens to it

    /// <summary>A process makes its socket, instead of the old one if there is one.</summary>
    public SimulatedBackend Appears()
    {
        IsListening = true;
        Resumes();
        directory.Put(name);
        return this;
    }

    /// <summary>The socket file is unlinked; the process lives on.</summary>
    public void Vanishes() => directory.Remove(name);

    /// <summary>Another process makes the socket anew; the former one lives on.</summary>
    public void Recreates() => Appears();

    /// <summary>kill -9: connections close, the file stays.</summary>
    public void Dies()
    {
        IsListening = false;
        CloseAll();
    }

    /// <summary>A process listens on the file that is there.</summary>
    public void Listens() => IsListening = true;

    /// <summary>Closes its connections, and goes on listening.</summary>
    public void CloseAll()
    {
        foreach (var link in _links.Where(link => link.IsOpen))
            link.Close();
    }

    /// <summary>SIGSTOP: reads nothing, says nothing.</summary>
    public void Stalls() => _isStalled = true;

    /// <summary>SIGCONT: what has piled up is worked off.</summary>
    public void Resumes()
    {
        _isStalled = false;
        foreach (var (link, frame) in _held)
            link.Say(frame);
        _held.Clear();
        foreach (var link in _links.Where(link => link.IsOpen))
            link.Later(TimeSpan.Zero, () => Read(link));
    }

    /// <summary>Says this, whether it was asked or not.</summary>
    public void Says(FrameType type)
    {
        var bytes = new byte[FrameSize.Bare];
        FrameWriter.Bare(bytes, type);
        Link.Say(bytes);
    }

    /// <summary>Says a datagram for this client.</summary>
    public void Says(ClientEndpoint client, byte[] data) => Link.Say(Framed(client, data));

    public void SaysGarbage() => Link.Say("GET / HTTP/1.1\r\n\r\n"u8);

    // ---- what it does

    public void Accept(SimulatedLink link)
    {
        link.ReadAtMost = ReadAtMost;
        link.Buffer = SocketBuffer;
        _links.Add(link);
    }

    /// <summary>Reads what has arrived, and does what is due.</summary>
    public void Read(SimulatedLink link)
    {
        if (_isStalled)
            return;
        var reader = FrameReader.FromBalancer(CollectionsMarshal.AsSpan(link.Arrived));
        FrameRead read;
        while ((read = reader.Next(out var frame)) == FrameRead.Complete)
        {
            var endpoint = new ClientEndpoint(frame.Address, (ushort)frame.Port);
            var heard = new Heard(scheduler.Now, frame.Type, endpoint, frame.Data.ToArray());
            _heard.Add(heard);
            Hears(heard);
            Serve(link, heard);
        }
        Must.Hold(read == FrameRead.Incomplete, "the balancer sends nothing but frames");
        link.Arrived.RemoveRange(0, reader.Position);
        link.IsRead();
    }

    void Serve(SimulatedLink link, Heard frame)
    {
        switch (frame.Type)
        {
            case FrameType.ClientHello:
                Reply(link, HelloAfter, Bare(FrameType.ServerHello));
                break;
            case FrameType.ClientHeartbeat:
                Reply(link, HeartbeatAfter, Bare(FrameType.ServerHeartbeat));
                break;
            case FrameType.InboundUdp when Serves is { } serves:
                serves(link, frame);
                break;
            case FrameType.InboundUdp when AnswerAfter is not null:
                Reply(link, AnswerAfter, Framed(frame.Client, Answer(frame.Data, Mark)));
                break;
        }
    }

    /// <summary>Says this for this client, after that time.</summary>
    public void Says(SimulatedLink link, TimeSpan after, ClientEndpoint client, byte[] data) =>
        Reply(link, after, Framed(client, data));

    void Reply(SimulatedLink link, TimeSpan? after, byte[] frame)
    {
        if (after == TimeSpan.Zero)
            Say(link, frame);
        else if (after is { } wait)
            link.Later(wait, () => Say(link, frame));
    }

    void Say(SimulatedLink link, byte[] frame)
    {
        if (_isStalled)
            _held.Add((link, frame));
        else
            link.Say(frame);
    }

    static byte[] Bare(FrameType type)
    {
        var bytes = new byte[FrameSize.Bare];
        FrameWriter.Bare(bytes, type);
        return bytes;
    }

    static byte[] Framed(ClientEndpoint client, byte[] data)
    {
        var bytes = new byte[FrameSize.DatagramHeader + data.Length];
        FrameWriter.Datagram(bytes, FrameType.OutboundUdp, client, data);
        return bytes;
    }
}
