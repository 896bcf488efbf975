using System.Reactive.Concurrency;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Protocol;

namespace Balancer.Micro;

/// <summary>
/// A backend's end of the wire: it takes all that is sent, and answers each question.
/// </summary>
internal sealed class Link : IBackendLink
{
    private static readonly byte[] Hello = Bare(FrameType.ServerHello);

    private readonly byte[]?[] _answers;
    private readonly IObserver<LinkEvent> _observer;
    private readonly IScheduler _scheduler;
    private byte[] _received = [];
    private int _consumed;
    private bool _hasGreeted;

    public Link(IObserver<LinkEvent> observer, IScheduler scheduler, int bursts)
    {
        _answers = new byte[bursts][];
        (_observer, _scheduler) = (observer, scheduler);
        scheduler.Schedule(() => observer.OnNext(new(LinkEventKind.Connected, this)));
    }

    /// <summary>Which burst is being sent.</summary>
    public int Burst { get; set; }

    /// <summary>Says what it has to say to this burst, in one read.</summary>
    public void Answer()
    {
        if (_answers[Burst] is { } answers)
            Say(answers);
    }

    ReadOnlySpan<byte> IBackendLink.Received => _received.AsSpan(_consumed);

    void IBackendLink.Consume(int count) => _consumed += count;

    LinkSend IBackendLink.Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!_hasGreeted)
        {
            _hasGreeted = true;
            _scheduler.Schedule(() => Say(Hello));
        }
        else
        {
            _answers[Burst] ??= AnswersTo([.. first, .. second]);
        }
        return new(first.Length + second.Length, Blocked: false);
    }

    private void Say(byte[] bytes)
    {
        (_received, _consumed) = (bytes, 0);
        _observer.OnNext(new(LinkEventKind.Received, this));
        World.Demand(_consumed == bytes.Length, "the session reads all that a backend says");
    }

    private static byte[] AnswersTo(byte[] questions)
    {
        var answers = new byte[2 * questions.Length];
        var length = 0;
        var reader = FrameReader.FromBalancer(questions);
        while (reader.Next(out var frame) == FrameRead.Complete)
        {
            var client = new ClientEndpoint(frame.Address, (ushort)frame.Port);
            length += FrameWriter.Datagram(
                answers.AsSpan(length), FrameType.OutboundUdp, client,
                Question.AnswerTo(frame.Data));
        }
        World.Demand(reader.Position == questions.Length, "a backend is sent whole questions");
        return answers[..length];
    }

    private static byte[] Bare(FrameType type)
    {
        var bytes = new byte[FrameSize.Bare];
        FrameWriter.Bare(bytes, type);
        return bytes;
    }
}
