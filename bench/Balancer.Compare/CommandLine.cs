using System.CommandLine;
using Balancer.Compare.Contenders;
using Balancer.Compare.Parts;

namespace Balancer.Compare;

/// <summary>From arguments to options.</summary>
static class CommandLine
{
    static readonly string[] PartNames = [.. Part.All.Select(part => part.Name).Distinct()];
    static readonly string[] ContenderNames =
        [Field.LimitName, Field.BalancerName, Field.DnsdistName, Field.NginxName];

    static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "how often each contender is measured, in turn",
        DefaultValueFactory = _ => 7,
    };

    static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "how long each time",
        DefaultValueFactory = _ => 3,
    };

    static readonly Option<string> Only = Arguments.Names("--only", "the parts to run", PartNames);

    static readonly Option<string> Contenders =
        Arguments.Names("--contenders", "who takes part in comparisons", ContenderNames);

    static readonly Option<string?> Markdown = new("--markdown")
    {
        Description = "a file to write the report to, between its marks if it has them",
    };

    /// <summary>Runs it, or says what is wrong with the arguments. Returns the exit code.</summary>
    public static Task<int> Run(string[] args, Func<Options, Task<int>> compare)
    {
        Arguments.Bound(Rounds, 1, 100);
        Arguments.Bound(Seconds, 1, 60);
        var root = new RootCommand("Measures the balancer beside its yardstick, dnsdist and nginx.")
        {
            Rounds, Seconds, Only, Contenders, Markdown,
        };
        Arguments.AddTools(root);
        root.SetAction((parsed, _) => compare(new(
            Arguments.Typed("bench/compare", parsed, Rounds, Seconds, Only, Contenders),
            parsed.GetValue(Arguments.Commit)!,
            parsed.GetValue(Rounds),
            parsed.GetValue(Seconds),
            parsed.GetValue(Only)!.Split(','),
            parsed.GetValue(Contenders)!.Split(','),
            parsed.GetValue(Markdown),
            Arguments.Tools(parsed))));
        return Arguments.Invoke(root, args);
    }
}
