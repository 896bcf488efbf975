namespace Balancer.VirtualTimeTests;

/// <summary>What simulations object to; costs nothing while it holds.</summary>
static class Must
{
    public static void Hold(bool claim, string text)
    {
        if (!claim)
            Assert.Fail(text);
    }
}
