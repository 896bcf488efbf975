namespace Balancer.VirtualTimeTests;

/// <summary>Spans of time, said as people say them.</summary>
static class Spans
{
    public static TimeSpan Milliseconds(this int count) => TimeSpan.FromMilliseconds(count);

    public static TimeSpan Seconds(this int count) => TimeSpan.FromSeconds(count);

    public static TimeSpan Minutes(this int count) => TimeSpan.FromMinutes(count);
}
