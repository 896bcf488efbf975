using Balancer.Compare.Contenders;
using Balancer.Compare.Running;

namespace Balancer.Faults.Causing;

/// <summary>Something that operators fear, and what is to be kept in it.</summary>
/// <param name="Name">For --only.</param>
/// <param name="Title">In the table.</param>
/// <param name="Cause">Does it.</param>
sealed record Row(string Name, string Title, Func<Scene, Task> Cause)
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Gone = TimeSpan.FromMilliseconds(300);
    static readonly TimeSpan BetweenReplacements = 1.5 * Second;

    /// <summary>Backends that are very fast hide what is lost with them: next to nothing is in
    /// flight.</summary>
    const string FiveMilliseconds = "5";

    /// <summary>So that much is in flight when the balancer is told to stop.</summary>
    const string LongLatency = "150";

    const string LeaveAtOnce = "0", LeaveLater = "500";

    /// <summary>Arguments for the backends.</summary>
    public IReadOnlyList<string> Answering { get; init; } = [];

    /// <summary>It can be done to the balancer only, as it is about sockets that have paths.
    /// </summary>
    public bool OnlySockets { get; init; }

    /// <summary>Within which time all clients of the victim are served again, whatever it does.
    /// </summary>
    public TimeSpan? SettledWithin { get; init; }

    /// <summary>Within which time after its return the victim serves its clients.</summary>
    public TimeSpan? BackWithin { get; init; }

    /// <summary>The contender itself ends in it.</summary>
    public bool EndsContender { get; init; }

    /// <summary>All rows, in the order of the table.</summary>
    public static IReadOnlyList<Row> All { get; } =
    [
        new("quiet", "nothing: the floor", _ => Task.CompletedTask),
        new("kill", "`kill -9` of a backend, restarted 1 s later", Kill) { BackWithin = Second },
        new("kill5", "the same, backends that take 5 ms", Kill)
        {
            Answering = ["-d", FiveMilliseconds],
            BackWithin = Second,
        },
        new("hang", "`SIGSTOP` of a backend for 3 s, then `SIGCONT`", Hang)
        {
            SettledWithin = Second,
            BackWithin = Second,
        },
        new("unlink", "a backend unlinks its socket and exits, 5 ms", Leave)
        {
            Answering = ["-d", FiveMilliseconds, "-u", LeaveAtOnce],
            OnlySockets = true,
        },
        new("drain", "the same, 500 ms between unlink and exit", Leave)
        {
            Answering = ["-d", FiveMilliseconds, "-u", LeaveLater],
            OnlySockets = true,
        },
        new("gone", "all backends killed, restarted 300 ms later", AllGone),
        new("rolling", "all backends replaced, one after the other, 5 ms", Roll)
        {
            Answering = ["-d", FiveMilliseconds, "-u", LeaveAtOnce],
        },
        new("end", "the balancer told to stop (SIGTERM), backends 150 ms", End)
        {
            Answering = ["-d", LongLatency],
            EndsContender = true,
        },
    ];

    static async Task Kill(Scene scene)
    {
        scene.Happens();
        scene.Stand.KillBackend(Scene.Victim);
        await scene.Pause(Second);
        await scene.Return();
    }

    static async Task Hang(Scene scene)
    {
        scene.Happens();
        scene.Stand.Backend(Scene.Victim).Signal(Libc.SigStop);
        await scene.Pause(3 * Second);
        scene.Stand.Backend(Scene.Victim).Signal(Libc.SigCont);
        scene.Returns();
    }

    static async Task Leave(Scene scene)
    {
        scene.Happens();
        await scene.Dismiss(Scene.Victim);
        await scene.Pause(Second);
        await scene.Return();
    }

    static async Task AllGone(Scene scene)
    {
        scene.Happens();
        for (var backend = 0; backend < Stand.BackendCount; backend++)
            scene.Stand.KillBackend(backend);
        await scene.Pause(Gone);
        await Task.WhenAll(
            Enumerable.Range(0, Stand.BackendCount).Select(scene.Stand.StartBackend));
        scene.Returns();
    }

    static async Task Roll(Scene scene)
    {
        scene.Happens();
        for (var backend = 0; backend < Stand.BackendCount; backend++)
        {
            await scene.Dismiss(backend);
            await scene.Stand.StartBackend(backend);
            await scene.Pause(BetweenReplacements);
        }
    }

    static Task End(Scene scene) => scene.EndContender();
}
