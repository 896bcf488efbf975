using System.Buffers.Binary;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// How one simulated backend serves: slow or fast, with answers left out, doubled and out of turn,
/// as the parameters say and as faults change it.
/// </summary>
sealed class Temper
{
    readonly SimulatedBackend _backend;
    readonly Parameters _parameters;
    readonly Seed _lots;
    TimeSpan _slowest;
    bool _isMute;

    public Temper(SimulatedBackend backend, Parameters parameters, Seed lots)
    {
        (_backend, _parameters, _lots) = (backend, parameters, lots);
        backend.SocketBuffer = parameters.SocketBuffer;
        backend.Serves = Serve;
        Heal();
    }

    public SimulatedBackend Backend => _backend;

    /// <summary>It has a connection that neither side has ended.</summary>
    public bool IsConnected => _backend.Links.Count > 0 && _backend.Link.IsOpen;

    /// <summary>Nothing is wrong with the way it behaves.</summary>
    public void Heal()
    {
        _slowest = _parameters.SlowestAnswer;
        _isMute = false;
        _backend.HelloAfter = _backend.HeartbeatAfter = TimeSpan.Zero;
        _backend.Connecting = Connecting.Succeeds;
        ReadAtMost(_parameters.ReadAtMost);
        if (IsConnected)
            _backend.Link.Takes(int.MaxValue);
    }

    /// <summary>Whatever was wrong, a process listens and answers everything.</summary>
    public void Recovers()
    {
        Heal();
        _backend.Resumes();
        if (!_backend.HasFile)
            _backend.Appears();
        _backend.Listens();
    }

    /// <summary>All questions from now on are answered at once, and once.</summary>
    public void BecomesPerfect()
    {
        _backend.Serves = null;
        _backend.Answer = Question.Answered;
    }

    public void IsSlow(TimeSpan slowest) => _slowest = slowest;

    public void IsMute() => _isMute = true;

    public void ReadAtMost(int bytes)
    {
        _backend.ReadAtMost = bytes;
        if (IsConnected)
            _backend.Link.ReadAtMost = bytes;
    }

    /// <summary>A frame that lacks its end, and then the end of the process.</summary>
    public void DiesWithin(Heard frame, int bytes)
    {
        var whole = Framed(frame.Client.Port, frame);
        _backend.Link.Say(whole.AsSpan(0, Math.Min(bytes, whole.Length - 1)));
        _backend.Dies();
    }

    /// <summary>An answer with a port that no sixteen bits hold.</summary>
    public void SaysStrayPort(Heard frame) =>
        _backend.Link.Say(Framed(frame.Client.Port + 65_536u, frame));

    void Serve(SimulatedLink link, Heard query)
    {
        if (_isMute || _lots.InPercent(_parameters.UnansweredInPercent))
            return;
        var copies = _lots.InPercent(_parameters.AnsweredTwiceInPercent) ? 2 : 1;
        for (; copies > 0; copies--)
        {
            _backend.Says(
                link, _lots.Between(_parameters.FastestAnswer, _slowest), query.Client,
                Question.Answered(query.Data, _backend.Mark));
        }
    }

    byte[] Framed(uint port, Heard frame)
    {
        var bytes = new byte[FrameSize.DatagramHeader + frame.Data.Length];
        FrameWriter.Datagram(
            bytes, FrameType.OutboundUdp, frame.Client,
            Question.Answered(frame.Data, _backend.Mark));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), port);
        return bytes;
    }
}
