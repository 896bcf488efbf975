namespace Balancer.Daemon.Hooks;

/// <summary>
/// What waits until a hook may be called again: of each backend the newest news, in the order in
/// which they began to wait. What the hook is not called for waits as well, if it overtakes
/// something: nobody is told that a backend is up when it is down again.
/// </summary>
/// <param name="on">What the hook is called for.</param>
/// <param name="suppressed">Told of each event that will not be told.</param>
internal sealed class WaitingEvents(IReadOnlyList<HookKind> on, Action<HookEvent> suppressed)
{
    /// <summary>More than there can be backends; of sockets with ever new names, the news that
    /// have waited for longest give way.</summary>
    internal const int Most = 1_000;

    private readonly OrderedDictionary<(string, HookKind), HookCall> _waiting = [];

    /// <summary>Whether something waits.</summary>
    public bool Any => _waiting.Count > 0;

    /// <summary>Puts it where it belongs; whether it is the first to wait.</summary>
    public bool Add(HookEvent e)
    {
        if (_waiting.TryGetValue(e.Subject, out var older))
        {
            var more = on.Contains(older.Event.Kind) ? 1 : 0;
            if (more > 0)
                suppressed(older.Event);
            _waiting[e.Subject] = new(e, older.Suppressed + more);
            return false;
        }
        if (!on.Contains(e.Kind))
            return false;
        if (_waiting.Count == Most)
        {
            suppressed(_waiting.GetAt(0).Value.Event);
            _waiting.RemoveAt(0);
        }
        _waiting.Add(e.Subject, new(e, 0));
        return _waiting.Count == 1;
    }

    /// <summary>The next call to be made; null: there is none.</summary>
    public HookCall? Take()
    {
        while (_waiting.Count > 0)
        {
            var call = _waiting.GetAt(0).Value;
            _waiting.RemoveAt(0);
            if (on.Contains(call.Event.Kind))
                return call;
        }
        return null;
    }
}
