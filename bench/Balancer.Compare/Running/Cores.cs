using System.Globalization;

namespace Balancer.Compare.Running;

/// <summary>Who runs where: the contender alone on one core, all else on the others.</summary>
sealed class Cores
{
    Cores(int contender, IReadOnlyList<int> others)
    {
        Contender = [contender];
        Others = others;
        All = [contender, .. others];
    }

    public IReadOnlyList<int> Contender { get; }

    public IReadOnlyList<int> Others { get; }

    public IReadOnlyList<int> All { get; }

    /// <summary>Deals the cores there are, and moves this process off the contender's.</summary>
    /// <exception cref="Unmeasurable">There is only one.</exception>
    public static Cores Deal()
    {
        if (Libc.AllowedCores() is not [var first, .. { Length: > 0 } others])
            throw new Unmeasurable("one core only: contender and load would measure each other");
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            Libc.Pin(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), others);
        return new(first, others);
    }

    /// <summary>Runs something whose child processes are to stay on some cores.</summary>
    public T On<T>(IReadOnlyList<int> cores, Func<T> start)
    {
        Libc.Pin(0, cores);
        try
        {
            return start();
        }
        finally
        {
            Libc.Pin(0, Others);
        }
    }
}

/// <summary>Why there is no figure; said to whoever wanted it.</summary>
sealed class Unmeasurable(string reason) : Exception(reason);
