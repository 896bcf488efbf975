namespace Balancer.Rx;

/// <summary>
/// The hash behind the flat tables: multiply by a secret odd number and keep the top bits, which
/// spreads any set of keys that was not chosen with the secret in hand. A client can choose its
/// address, port and DNS id, so the secret is drawn anew by every process.
/// </summary>
internal static class Mixing
{
    /// <summary>An odd multiplier for one table.</summary>
    public static ulong OddMultiplier(ulong seed, ulong table) =>
        Finish(seed + table * 0x9E37_79B9_7F4A_7C15) | 1;

    /// <summary>The lot of this number, 0 to 1, of those that this seed has.</summary>
    public static double Lot(ulong seed, ulong number) =>
        (Finish(Finish(seed) + number * 0x9E37_79B9_7F4A_7C15) >> 11) * (1.0 / (1ul << 53));

    /// <summary>
    /// Every bit of the result depends on every bit of x (splitmix64's finaliser).
    /// </summary>
    public static ulong Finish(ulong x)
    {
        x = (x ^ x >> 30) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ x >> 27) * 0x94D0_49BB_1331_11EB;
        return x ^ x >> 31;
    }
}
