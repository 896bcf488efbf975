using Balancer.Rx;

namespace Balancer.VirtualTimeTests;

/// <summary>Somebody who asks over UDP, from one port.</summary>
sealed class SimulatedClient(World world, ClientEndpoint endpoint)
{
    readonly List<Reply> _answers = [];
    int _lastId;

    public World World => world;

    public ClientEndpoint Endpoint => endpoint;

    public IReadOnlyList<Reply> Answers => _answers;

    /// <summary>Who gave the answers, the first one first.</summary>
    public IEnumerable<int> AnsweredBy =>
        _answers.Select(answer => Message.MarkOf(answer.Payload));

    /// <summary>A query, with the next id unless one is given.</summary>
    public SimulatedClient Asks(int? id = null) => Sends(Question(id));

    /// <summary>The query that it asks next.</summary>
    public byte[] Question(int? id = null)
    {
        _lastId = id ?? _lastId + 1 & 0xFFFF;
        return Message.Question(_lastId);
    }

    /// <summary>A datagram of these bytes.</summary>
    public SimulatedClient Sends(byte[] payload)
    {
        world.Receives((endpoint, payload));
        return this;
    }

    /// <summary>The last query was answered, and by this backend.</summary>
    public void WasAnsweredBy(int backend, string why = "")
    {
        Assert.True(_answers.Count > 0, $"{endpoint} has no answer {why}");
        var answer = _answers[^1].Payload;
        Assert.Equal(_lastId, Message.IdOf(answer));
        Assert.True(
            Message.MarkOf(answer) == backend,
            $"{endpoint} was answered by {Message.MarkOf(answer)}, not {backend}: {why}");
    }

    /// <summary>Who answered last.</summary>
    public int LastServer => Message.MarkOf(_answers[^1].Payload);

    /// <summary>Asks, waits a moment, and has its answer from this backend.</summary>
    public void IsServedBy(int backend, string why = "")
    {
        Asks();
        world.Settle();
        WasAnsweredBy(backend, why);
    }

    public void IsNotServed()
    {
        var before = _answers.Count;
        Asks();
        world.Settle();
        Assert.Equal(before, _answers.Count);
    }

    public void Gets(Reply answer) => _answers.Add(answer);
}
