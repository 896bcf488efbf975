using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;
using Balancer.Rx.Recording;
using Balancer.Rx.Remotes;
using Balancer.Rx.Routing;
using Balancer.VirtualTimeTests.Streams;

namespace Balancer.VirtualTimeTests.Forwarding;

/// <summary>
/// The data path alone: a full burst of known remotes, one live session, and a link and a way out
/// that only count.
/// </summary>
sealed class DataPath : IBackendLinks, IBackendLink, IReplies, ITicks, IAdmission, IDisposable
{
    static readonly BackendId Id = new(5301);

    readonly IdleScheduler _scheduler = new();
    readonly DatagramBurst _burst = new() { Count = DatagramBurst.Capacity };
    readonly byte[] _answers = GC.AllocateArray<byte>(16 * 1024, pinned: true);
    readonly int _answersLength;
    readonly DataPlane _plane;
    readonly Forwarder _forwarder;
    readonly BackendSession _session;
    IObserver<LinkEvent>? _observer;
    int _start;
    int _stop;
    int _replies;

    public DataPath(BalancerOptions? options = null)
    {
        _scheduler.AdvanceTo(World.Dawn.Ticks);
        var routes = new RouteTable(BalancerOptions.Default);
        _plane = new(this, routes, options ?? BalancerOptions.Default, this);
        _forwarder = new(_plane, routes, this);
        var lane = _plane.Open(Id);
        var seam = new Recorder(_scheduler);
        _session = new(
            new(Id, "/sockets/5301"), this, lane, Observable.Never<long?>(),
            Observable.Never<bool>(), BalancerOptions.Default, new(_scheduler, seam), seam);
        _scheduler.AdvanceBy(10);
        _observer!.OnNext(new(LinkEventKind.Connected, this));
        Hello();

        routes.SetCarrier(Id, lane.Index, BackendShare.Whole);
        for (var i = 0; i < DatagramBurst.Capacity; i++)
        {
            var client = new ClientAddress(0x0A000000u + (uint)i);
            var question = Message.Question(i);
            routes.Add(client, Id, null, seen: 0);
            _burst.Datagrams[i] = new() { Client = client, Port = 53, Length = question.Length };
            question.CopyTo(_burst.Buffer, i * DatagramBurst.Stride);
            _answersLength += FrameWriter.Datagram(
                _answers.AsSpan(_answersLength), FrameType.OutboundUdp, new(client, 53),
                Message.Answer(question, Id.Value));
        }
    }

    public Outcomes Outcomes => _plane.Outcomes;

    /// <summary>Who is told of each datagram.</summary>
    public IDatagramWatcher? Watcher
    {
        set => _plane.Watcher = value;
    }

    public void Forward() => _forwarder.Forward(_burst);

    /// <summary>One read that brings an answer to each query of the burst.</summary>
    public void AnswerAll()
    {
        (_start, _stop) = (0, _answersLength);
        _observer!.OnNext(new(LinkEventKind.Received, this));
        if (_start != _stop)
            throw new InvalidOperationException("not all was read");
    }

    public void Dispose() => _session.Dispose();

    void Hello()
    {
        (_start, _stop) = (0, FrameWriter.Bare(_answers, FrameType.ServerHello));
        _observer!.OnNext(new(LinkEventKind.Received, this));
        Assert.IsType<Session.Live>(_session.State);
    }

    IObservable<LinkEvent> IBackendLinks.Open(string path) =>
        Observable.Create<LinkEvent>(observer =>
        {
            _observer = observer;
            return Disposable.Empty;
        });

    ReadOnlySpan<byte> IBackendLink.Received => _answers.AsSpan(_start, _stop - _start);

    void IBackendLink.Consume(int count) => _start += count;

    LinkSend IBackendLink.Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        new(first.Length + second.Length, Blocked: false);

    void IReplies.Add(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload) =>
        _replies++;

    ReplyTally IReplies.Flush()
    {
        var sent = _replies;
        _replies = 0;
        return new(sent, 0);
    }

    long ITicks.UtcTicks => _scheduler.Now.UtcTicks;

    void IAdmission.Admit(ReadOnlySpan<ClientAddress> clients) =>
        Assert.Fail("all of them are known");
}
