namespace Balancer.Compare.Contenders;

/// <summary>The programs that bench/compare builds.</summary>
sealed record Tools(string Balancer, string Load, string Yardsticks)
{
    public string Limit => Path.Combine(Yardsticks, "limit");

    public string Answer => Path.Combine(Yardsticks, "answer");
}
