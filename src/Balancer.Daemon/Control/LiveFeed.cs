namespace Balancer.Daemon.Control;

/// <summary>
/// How things stand, for all who watch: whoever asks while a status is being taken, or shortly
/// after, is given that one. So a loop is asked as often for sixty readers as for one.
/// </summary>
internal sealed class LiveFeed(DoorContext door)
{
    /// <summary>For how long a status is new.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private readonly Lock _turn = new();
    private readonly LiveClients _clients = new(door);
    private Task<byte[]>? _last;
    private TimeSpan _takenAt;

    /// <summary>The status as a server-sent event. It is taken even if nobody waits for it any
    /// more.</summary>
    public Task<byte[]> Now()
    {
        lock (_turn)
        {
            var isNew = _last is { IsCompleted: false } || door.Uptime - _takenAt < Fresh;
            if (_last is not null && isNew)
                return _last;
            _takenAt = door.Uptime;
            return _last = Take();
        }
    }

    private async Task<byte[]> Take()
    {
        var loops = await door.Standing();
        var uptime = door.Uptime;
        return LiveView.Of(door, loops, uptime, await _clients.Now()).AsEvent();
    }
}
