namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// Draws by lot, from one number. The generator is splitmix64, written out here, so that a seed
/// means the same run on every machine and in every year.
/// </summary>
sealed class Seed(ulong state)
{
    ulong _state = state;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// <summary>Draws of its own: how many it takes changes nothing here.</summary>
    public Seed Apart() => new(Next());

    /// <summary>0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True in so many of a hundred draws.</summary>
    public bool InPercent(int percent) => Below(100) < percent;

    /// <summary>One of these, each as likely.</summary>
    public T OneOf<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>To the microsecond, both ends included.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most)
    {
        var microseconds = (ulong)(most - least).TotalMicroseconds + 1;
        return least + TimeSpan.FromMicroseconds((long)(Next() % microseconds));
    }
}
