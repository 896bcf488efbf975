using System.CommandLine;
using System.Text;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>Completion for bash. It needs nothing but bash itself.</summary>
internal static class BashCompletion
{
    public const string File = "completion/balancer.bash";

    public static string Made() => $$"""
        # Completion for bash: balancer(8).
        {{Completion.Origin}}

        _balancer() {
            local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
            local verb='' offer=()
            COMPREPLY=()
            # What stands before a verb is no verb's affair: a verb comes first.
            ((COMP_CWORD == 1)) || verb=${COMP_WORDS[1]}
            case $previous in
        {{Values()}}        *)
                    case $verb in
        {{Options()}}            esac
                    ;;
            esac
            mapfile -t COMPREPLY < <(compgen "${offer[@]}" -- "$current")
        }
        complete -o filenames -F _balancer balancer

        """;

    // What follows an option that has a value.
    static string Values()
    {
        var text = new StringBuilder();
        var options = Completion.Commands
            .SelectMany(command => command.Options)
            .Where(Shipped.HasValue)
            .GroupBy(option => option.Name, option => option.Names())
            .Select(same => (same.Key, Names: string.Join(" | ", same.SelectMany(
                names => names).Distinct())));
        foreach (var (name, names) in options.OrderBy(option => option.Key))
        {
            text.Append($"        {names}) ").Append(
                Completion.OfOptions.TryGetValue(name, out var value)
                    ? $"offer=({value.Bash}) ;;\n"
                    : "return ;;\n");
        }
        return text.ToString();
    }

    // What follows a verb, or stands alone.
    static string Options()
    {
        var text = new StringBuilder();
        foreach (var verb in Completion.Commands)
        {
            var isRoot = verb == Shipped.Root;
            text.Append(isRoot ? "                *)\n" : $"                {verb.Name})\n");
            text.Append($"                    offer=(-W \"{Wrapped(verb.Options)}\")\n");
            if (isRoot)
            {
                text.Append("                    ((COMP_CWORD > 1)) || [[ $current == -* ]] ||\n")
                    .Append($"                        offer=(-W \"{Wrapped(Shipped.Verbs)}\")\n");
            }
            else if (Completion.OfVerbs.TryGetValue(verb.Name, out var value))
            {
                text.Append("                    [[ $current == -* ]] || ")
                    .Append($"offer=({value.Bash})\n");
            }
            text.Append("                    ;;\n");
        }
        return text.ToString();
    }

    static string Wrapped(IEnumerable<Symbol> symbols)
    {
        var text = new StringBuilder();
        var column = 0;
        foreach (var word in symbols.SelectMany(Words))
        {
            if (column > 0)
                text.Append(column > 50 ? "\n                        " : " ");
            column = (column > 50 ? 0 : column + 1) + word.Length;
            text.Append(word);
        }
        return text.ToString();
    }

    static IEnumerable<string> Words(Symbol symbol) =>
        symbol is Option option ? option.Names() : [symbol.Name];
}
