using System.CommandLine;
using Balancer.Compare;
using Balancer.Compare.Contenders;
using Balancer.Compare.Running;
using Balancer.Faults.Causing;
using Balancer.Faults.Soaking;
using Verb = System.CommandLine.Command;

namespace Balancer.Faults;

/// <summary>From arguments to one of the two commands.</summary>
static class CommandLine
{
    static readonly string[] RowNames = [.. Row.All.Select(row => row.Name)];
    static readonly string[] ContenderNames = [Field.BalancerName, Field.DnsdistName];

    static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "how often each row is caused",
        DefaultValueFactory = _ => 3,
    };

    static readonly Option<int> Rate = new("--rate")
    {
        Description = "queries a second",
        DefaultValueFactory = _ => 20_000,
    };

    static readonly Option<string> Only = Arguments.Names("--only", "the rows to cause", RowNames);

    static readonly Option<string> Contenders =
        Arguments.Names("--contenders", "to whom", ContenderNames);

    static readonly Option<string?> Markdown = new("--markdown")
    {
        Description = "a file to write the table to, between its marks if it has them",
    };

    static readonly Option<double> Minutes = new("--minutes")
    {
        Description = "how long",
        DefaultValueFactory = _ => 60,
    };

    static readonly Option<int> Seed = new("--seed")
    {
        Description = "what all that is random is drawn from",
        DefaultValueFactory = _ => 1,
    };

    static readonly Option<string?> Node = new("--node")
    {
        Description = "the directory of server.js and its packages; the script finds it",
    };

    /// <summary>Runs what is asked for; the exit code.</summary>
    public static Task<int> Run(string[] args)
    {
        Arguments.Bound(Rounds, 1, 100);
        Arguments.Bound(Rate, 100, 100_000);
        Arguments.Bound(Minutes, 1, 24 * 60);
        var faults = new Verb("faults", "Does to the balancer what operators fear.")
        {
            Rounds, Rate, Only, Contenders, Markdown,
        };
        Arguments.AddTools(faults);
        faults.SetAction((parsed, _) => Stoppable.Run("faults", new FaultsCommand(new(
            Arguments.Typed("bench/faults", parsed, Rounds, Rate, Only, Contenders),
            parsed.GetValue(Arguments.Commit)!,
            parsed.GetValue(Rounds),
            parsed.GetValue(Rate),
            parsed.GetValue(Only)!.Split(','),
            parsed.GetValue(Contenders)!.Split(','),
            parsed.GetValue(Markdown),
            Arguments.Tools(parsed))).Run));

        var soak = new Verb("soak", "Has all come and go, and looks whether anything grows.")
        {
            Minutes, Seed, Node, Markdown,
        };
        Arguments.AddTools(soak);
        soak.SetAction((parsed, _) => Stoppable.Run("soak", new SoakCommand(new(
            Arguments.Typed("bench/soak", parsed, Minutes, Seed),
            parsed.GetValue(Arguments.Commit)!,
            TimeSpan.FromMinutes(parsed.GetValue(Minutes)),
            parsed.GetValue(Seed),
            parsed.GetValue(Node),
            parsed.GetValue(Markdown),
            Arguments.Tools(parsed))).Run));
        return Arguments.Invoke(new("The balancer among faults.") { faults, soak }, args);
    }
}
