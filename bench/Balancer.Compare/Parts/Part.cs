using Balancer.Compare.Contenders;
using Balancer.Compare.Figures;

namespace Balancer.Compare.Parts;

/// <summary>A question that is measured by itself.</summary>
/// <param name="Name">For --only; parts with one name go together.</param>
/// <param name="Title">The heading of its table.</param>
abstract record Part(string Name, string Title)
{
    protected const string Limit = Field.LimitName;
    protected const string Balancer = Field.BalancerName;
    protected const string Dnsdist = Field.DnsdistName;
    protected const string Nginx = Field.NginxName;

    /// <summary>All parts, in the order of the report.</summary>
    public static IReadOnlyList<Part> All { get; } =
    [
        new Saturation("1,000 clients", 1_000),
        new Saturation("1 client", 1),
        new Singles(),
        new SystemCalls(),
        new Steady(),
        new Remotes(),
        new Start(),
        new Streams(),
        new Death(),
        new Loops(),
        new Dnsperf(),
    ];

    public abstract Task<Finding> Run(Bench bench);

    protected Finding Found(string text, Sheet sheet, params IReadOnlyList<Verdict> verdicts) =>
        new(Name, Title, text, sheet, verdicts);
}
