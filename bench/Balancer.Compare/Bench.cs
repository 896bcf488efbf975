using Balancer.Compare.Contenders;
using Balancer.Compare.Running;

namespace Balancer.Compare;

/// <summary>What all parts share: who runs, where, for how long; and the rounds.</summary>
sealed class Bench : IDisposable
{
    const double WarmUpShare = 0.1;

    readonly Options _options;
    readonly TextWriter _progress;
    int _paths;

    public Bench(Options options, Cores cores, TextWriter progress, CancellationToken stop)
    {
        _options = options;
        _progress = progress;
        Cores = cores;
        Stop = stop;
        Field = new(options.Tools);
        Directory = System.IO.Directory.CreateTempSubdirectory("balancer-compare-").FullName;
    }

    public Tools Tools => _options.Tools;

    public Field Field { get; }

    public Cores Cores { get; }

    public CancellationToken Stop { get; }

    /// <summary>For everything that is temporary.</summary>
    public string Directory { get; }

    public int Rounds => _options.Rounds;

    /// <summary>How long a slice is.</summary>
    public double Seconds => _options.Seconds;

    /// <summary>How long one is before the first that counts.</summary>
    public double WarmUp => Seconds * WarmUpShare;

    /// <summary>A path in it that nobody has used.</summary>
    public string NextPath(string name) => Path.Combine(Directory, $"{name}-{++_paths}");

    public Task<Stand> Set(
        Contender contender, bool everywhere = false, params string[] answering) =>
        Stand.Set(this, contender, everywhere, answering);

    /// <summary>Those of some contenders that take part.</summary>
    public IEnumerable<Contender> Of(params IEnumerable<Contender> contenders) =>
        contenders.Where(contender => _options.Contenders.Contains(contender.Name));

    /// <summary>
    /// Each is measured once a round, beginning with another one each time.
    /// </summary>
    public async Task InTurn<T>(IEnumerable<T> who, Func<T, Task> measure, int? rounds = null)
    {
        T[] all = [.. who];
        var count = rounds ?? Rounds;
        for (var round = 0; round < count; round++)
        {
            Say($"round {round + 1} of {count}");
            for (var turn = 0; turn < all.Length; turn++)
            {
                Stop.ThrowIfCancellationRequested();
                await measure(all[(round + turn) % all.Length]);
            }
        }
    }

    /// <summary>Tells whoever waits.</summary>
    public void Say(string progress) => _progress.WriteLine(progress);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
