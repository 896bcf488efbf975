using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Balancer.Compare.Contenders;

namespace Balancer.Compare;

/// <summary>What the command lines of this and of its sisters have in common.</summary>
static class Arguments
{
    static readonly Option<string> Balancer = Program("--balancer", "the balancer to measure");
    static readonly Option<string> Load = Program("--load", "the load tool");
    static readonly Option<string> Yardsticks =
        Program("--yardsticks", "the directory of limit and answer");

    /// <summary>What to call what is measured.</summary>
    public static Option<string> Commit { get; } = new("--commit")
    {
        Description = "what to call the balancer that is measured",
        DefaultValueFactory = _ => "not told",
    };

    /// <summary>The options by which the script says what it has built.</summary>
    public static void AddTools(Command command)
    {
        foreach (var option in (Option[])[Balancer, Load, Yardsticks, Commit])
            command.Add(option);
    }

    /// <summary>What the script has built.</summary>
    public static Tools Tools(ParseResult parsed) => new(
        parsed.GetValue(Balancer)!, parsed.GetValue(Load)!, parsed.GetValue(Yardsticks)!);

    /// <summary>Refuses what is less or more.</summary>
    public static void Bound<T>(Option<T> option, T least, T most) where T : IComparable<T> =>
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<T>()!;
            if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
                result.AddError($"{option.Name}: {least} to {most}");
        });

    /// <summary>An option that takes some of these names, by commas; all if it is not given.
    /// </summary>
    public static Option<string> Names(string name, string description, string[] all)
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

    /// <summary>The command as one would type it: what was left to itself, or says only where
    /// something is, is left out.</summary>
    public static string Typed(string script, ParseResult parsed, params Option[] options) =>
        string.Join(' ',
        [
            script,
            .. options
                .Select(parsed.GetResult)
                .OfType<OptionResult>()
                .Where(result => !result.Implicit)
                .Select(result => $"{result.Option.Name} {string.Join(' ', result.Tokens)}"),
        ]);

    /// <summary>Does it, or says what is wrong with the arguments; the exit code.</summary>
    public static Task<int> Invoke(RootCommand root, string[] args)
    {
        var line = root.Parse(args);
        if (line.Action is ParseErrorAction wrong)
            wrong.ShowHelp = false;
        return line.InvokeAsync(new() { ProcessTerminationTimeout = null });
    }

    static Option<string> Program(string name, string description) =>
        new(name) { Description = description + "; the script builds it", Required = true };
}
