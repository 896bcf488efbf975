namespace Balancer.Fuzz;

/// <summary>
/// All that is drawn, from one seed: the same seed draws the same (splitmix64). A value, to be
/// passed by reference; drawing allocates nothing.
/// </summary>
internal struct Lot
{
    private ulong _state;

    /// <summary>The lots of one chunk of one target.</summary>
    public Lot(ulong seed, string target, long chunk)
    {
        _state = seed;
        foreach (var letter in target)
            _state = Next() ^ letter;
        _state = Next() ^ (ulong)chunk;
    }

    /// <summary>Any number.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ _state >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        return mixed ^ mixed >> 31;
    }

    /// <summary>A number from 0 on, below <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)((Next() >> 32) * (ulong)bound >> 32);

    /// <summary>Once in so many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    /// <summary>One of these.</summary>
    public T Of<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
