using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
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

    static readonly Option<string> Only = Names("--only", "the parts to run", PartNames);

    static readonly Option<string> Contenders =
        Names("--contenders", "who takes part in comparisons", ContenderNames);

    static readonly Option<string?> Markdown = new("--markdown")
    {
        Description = "a file to write the report to, between its marks if it has them",
    };

    static readonly Option<string> Balancer = Program("--balancer", "the balancer to measure");
    static readonly Option<string> Load = Program("--load", "the load tool");
    static readonly Option<string> Yardsticks =
        Program("--yardsticks", "the directory of limit and answer");

    static readonly Option<string> Commit = new("--commit")
    {
        Description = "what to call the balancer that is measured",
        DefaultValueFactory = _ => "not told",
    };

    /// <summary>Runs it, or says what is wrong with the arguments. Returns the exit code.</summary>
    public static Task<int> Run(string[] args, Func<Options, Task<int>> compare)
    {
        Rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100)
                result.AddError("--rounds: 1 to 100");
        });
        Seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 1 and <= 60))
                result.AddError("--seconds: 1 to 60");
        });
        var root = new RootCommand("Measures the balancer beside its yardstick, dnsdist and nginx.")
        {
            Rounds, Seconds, Only, Contenders, Markdown, Balancer, Load, Yardsticks, Commit,
        };
        root.SetAction((parsed, _) => compare(new(
            Typed(parsed),
            parsed.GetValue(Commit)!,
            parsed.GetValue(Rounds),
            parsed.GetValue(Seconds),
            parsed.GetValue(Only)!.Split(','),
            parsed.GetValue(Contenders)!.Split(','),
            parsed.GetValue(Markdown),
            new(
                parsed.GetValue(Balancer)!,
                parsed.GetValue(Load)!,
                parsed.GetValue(Yardsticks)!))));
        var line = root.Parse(args);
        if (line.Action is ParseErrorAction wrong)
            wrong.ShowHelp = false;
        return line.InvokeAsync(new() { ProcessTerminationTimeout = null });
    }

    // What was left to itself, or says only where something is, is left out.
    static string Typed(ParseResult parsed) => string.Join(' ',
    [
        "bench/compare",
        .. new Option[] { Rounds, Seconds, Only, Contenders }
            .Select(parsed.GetResult)
            .OfType<OptionResult>()
            .Where(result => !result.Implicit)
            .Select(result => $"{result.Option.Name} {string.Join(' ', result.Tokens)}"),
    ]);

    static Option<string> Program(string name, string description) =>
        new(name) { Description = description + "; bench/compare builds it", Required = true };

    static Option<string> Names(string name, string description, string[] all)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description}, of {string.Join(',', all)}",
            DefaultValueFactory = _ => string.Join(',', all),
        };
        option.Validators.Add(result =>
        {
            foreach (var unknown in result.GetValueOrDefault<string>()!.Split(',').Except(all))
                result.AddError($"{name}: \"{unknown}\" is none of {string.Join(", ", all)}");
        });
        return option;
    }
}
