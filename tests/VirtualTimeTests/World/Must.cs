namespace Balancer.VirtualTimeTests;

/// <summary>What simulations object to; costs nothing while it holds.</summary>
static class Must
{
    /// <summary>
    /// The first claim that did not hold on this thread: a stream may have turned what was thrown
    /// into an error of its own.
    /// </summary>
    [field: ThreadStatic]
    public static string? Broken { get; private set; }

    public static void Forget() => Broken = null;

    public static void Hold(bool claim, string text)
    {
        if (claim)
            return;
        Broken ??= text;
        Assert.Fail(text);
    }
}
