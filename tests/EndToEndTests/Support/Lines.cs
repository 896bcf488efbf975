namespace Balancer.EndToEndTests.Support;

/// <summary>
/// The lines a process has written, in order; a test can wait for one that is already there or
/// still to come. Waiting ends early when no more can come.
/// </summary>
internal sealed class Lines<T>(string whose)
{
    sealed record Waiter(Func<T, bool> Wanted, string What, TaskCompletionSource<T> Found);

    readonly Lock _gate = new();
    readonly List<T> _lines = [];
    readonly List<Waiter> _waiting = [];
    Action<T>? _onLine;
    Action? _onEnd;
    bool _ended;

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _lines.Count;
        }
    }

    public void Add(T line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            _onLine?.Invoke(line);
            foreach (var waiter in _waiting.Where(waiter => waiter.Wanted(line)).ToArray())
            {
                waiter.Found.SetResult(line);
                _waiting.Remove(waiter);
            }
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _onEnd?.Invoke();
            foreach (var waiter in _waiting)
                waiter.Found.SetException(Missing($"{whose} has ended without: {waiter.What}"));
            _waiting.Clear();
        }
    }

    /// <summary>The first such line, from the given one on.</summary>
    public async Task<T> WaitFor(
        Func<T, bool> wanted, string what, int from = 0, TimeSpan? patience = null)
    {
        Task<T> found;
        lock (_gate)
        {
            var known = _lines.Skip(from).Where(wanted).Take(1).ToArray();
            if (known.Length > 0)
                return known[0];
            if (_ended)
                throw Missing($"{whose} has ended without: {what}");
            var waiter = new Waiter(
                wanted, what, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting.Add(waiter);
            found = waiter.Found.Task;
        }
        try
        {
            return await found.Within(what, patience);
        }
        catch (TimeoutException)
        {
            throw Missing($"{whose} did not write in time: {what}");
        }
    }

    /// <summary>Lets others have each line as well, those already here first.</summary>
    public void PassOn(Action<T> line, Action end)
    {
        lock (_gate)
        {
            _lines.ForEach(line);
            _onLine += line;
            _onEnd += end;
            if (_ended)
                end();
        }
    }

    InvalidOperationException Missing(string what) =>
        new($"{what}\nIts lines:\n{string.Join('\n', All.TakeLast(40))}");
}
