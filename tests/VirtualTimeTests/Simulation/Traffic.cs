using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>The clients, and the network between them and the balancer's port.</summary>
sealed class Traffic
{
    static readonly ClientAddress[] Unanswerable =
        [new(0x00000009), new(0xE0000001), new(0xF0000001), new(0xFFFFFFFF)];

    /// <summary>Opcodes (RFC 1996, RFC 2136).</summary>
    const int Notify = 4, Update = 5;

    readonly Stage _stage;
    readonly Parameters _parameters;
    readonly Seed _lots;
    readonly TimeSpan[] _pausedUntil;
    readonly int[] _lastIds;
    readonly List<Question> _arrived = [];
    bool _isOver;
    long _sent;

    public Traffic(Stage stage, Parameters parameters, Seed lots)
    {
        (_stage, _parameters, _lots) = (stage, parameters, lots);
        Clients = [.. Enumerable.Range(0, parameters.Clients).Select(i => new ClientEndpoint(
            new ClientAddress(0x0A000001u + (uint)i), (ushort)(4_000 + i % 3)))];
        _pausedUntil = new TimeSpan[Clients.Length];
        _lastIds = new int[Clients.Length];
        for (var i = 0; i < Clients.Length; i++)
            AskLater(i);
    }

    public ClientEndpoint[] Clients { get; }

    /// <summary>Nobody begins to ask any more.</summary>
    public void Stops() => _isOver = true;

    /// <summary>This client is silent for a while.</summary>
    public void Pause(int client, TimeSpan span) =>
        _pausedUntil[client % Clients.Length] = _stage.Now + span;

    /// <summary>So many strangers ask, all at once.</summary>
    public void Flood(int count)
    {
        for (; count > 0; count--)
        {
            var stranger = new ClientAddress(0xAC100000u + (uint)_lots.Below(1 << 16));
            _arrived.Add(Write(new(stranger, 5_353)));
        }
    }

    /// <summary>The kernel will not send to one of the clients.</summary>
    public void Refuse(int client)
    {
        var refused = Clients[client % Clients.Length];
        _stage.World.Replies.Refuses = endpoint => endpoint == refused;
    }

    public void Accept() => _stage.World.Replies.Refuses = _ => false;

    /// <summary>
    /// Each client asks once, one after the other, and nothing happens to the datagrams on their
    /// way.
    /// </summary>
    public Question[] AllAsk()
    {
        Question[] questions = [.. Clients.Select(client => Write(client))];
        var at = _stage.Now;
        foreach (var question in questions)
            _stage.At(at += 1.Milliseconds(), () => _arrived.Add(question));
        return questions;
    }

    /// <summary>What has arrived is received, in bursts.</summary>
    public void Deliver()
    {
        foreach (var burst in _arrived.Chunk(DatagramBurst.Capacity).ToArray())
            _stage.Receives(burst, moreFollow: burst[^1] != _arrived[^1]);
        _arrived.Clear();
    }

    void AskLater(int client)
    {
        var wait = _lots.Between(TimeSpan.FromMicroseconds(1), 2 * _parameters.AskEvery);
        _stage.At(_stage.Now + wait, () => Ask(client));
    }

    void Ask(int client)
    {
        if (_isOver)
            return;
        if (_stage.Now >= _pausedUntil[client])
            Send(_lots.InPercent(_parameters.JunkInPercent) ? Junk(client) : Real(client));
        AskLater(client);
    }

    void Send(Question question)
    {
        _stage.Story.Tell("client", question);
        if (_lots.InPercent(_parameters.LostInPercent))
            return;
        var copies = _lots.InPercent(_parameters.DoubledInPercent) ? 2 : 1;
        for (; copies > 0; copies--)
        {
            var way = _lots.Between(TimeSpan.Zero, _parameters.LongestWay);
            _stage.At(_stage.Now + way, () => _arrived.Add(question));
        }
    }

    Question Real(int client)
    {
        // Now and then the same id again, as a client does that has waited long enough.
        var id = _lots.InPercent(10) ? _lastIds[client] : _lots.Below(_parameters.Ids);
        _lastIds[client] = id;
        return Write(Clients[client], id);
    }

    Question Write(ClientEndpoint from, int? id = null)
    {
        var length = Question.Least + (_lots.InPercent(_parameters.LargeInPercent)
            ? _lots.Between(0, 1_500 - Question.Least) : _lots.Between(0, 40));
        var number = ++_sent;
        return new()
        {
            Number = number,
            From = from,
            Payload = Question.Write(
                number, id ?? (int)(number & 0xFFFF), length,
                _lots.InPercent(_parameters.UpdatesInPercent) ? _lots.OneOf(Notify, Update) : 0),
        };
    }

    Question Junk(int client)
    {
        var source = Clients[client];
        var number = ++_sent;
        var good = Question.Write(number, 7, 40);
        var (outcome, sender, payload) = _lots.Below(5) switch
        {
            0 => (Outcome.Oversized, source, new byte[_lots.Between(1_501, 2_100)]),
            1 => (Outcome.Runt, source, good[..11]),
            2 => (Outcome.NotAQuestion, source, Question.Answered(good, 0)),
            3 => (Outcome.Unanswerable, source with { Port = 0 }, good),
            _ => (Outcome.Unanswerable, source with { Address = _lots.OneOf(Unanswerable) }, good),
        };
        var isDropped = _parameters.Options.FilterDatagrams || outcome == Outcome.Oversized;
        return new()
        {
            Number = number,
            From = sender,
            Payload = payload,
            Junk = isDropped ? outcome : null,
        };
    }
}
