using System.CommandLine;
using System.Text;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>Completion for zsh, which also shows what an option is for.</summary>
internal static class ZshCompletion
{
    public const string File = "completion/_balancer";

    public static string Made() => $$"""
        #compdef balancer
        # Completion for zsh: balancer(8).
        {{Completion.Origin}}

        local verb=
        local -a verbs
        verbs=(
        {{Verbs()}})
        # What stands before a verb is no verb's affair: a verb comes first.
        if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
            _describe verb verbs
            return
        fi
        if (( CURRENT > 2 )) && [[ -n ${(M)verbs:#$words[2]:*} ]]; then
            verb=$words[2]
            shift words
            (( CURRENT-- ))
        fi
        case $verb in
        {{Options()}}esac

        """;

    static string Verbs() => string.Concat(Shipped.Verbs.Select(verb =>
        $"    '{verb.Name}:{Escaped(SaidOf(verb))}'\n"));

    static string Options()
    {
        var text = new StringBuilder();
        foreach (var verb in Completion.Commands)
        {
            text.Append(verb == Shipped.Root ? "    '')\n" : $"    {verb.Name})\n")
                .Append("        _arguments -s");
            foreach (var option in verb.Options)
                text.Append(" \\\n            ").Append(Spec(verb, option));
            if (Completion.OfVerbs.TryGetValue(verb.Name, out var value))
                text.Append($" \\\n            '1: :{value.Zsh}'");
            text.Append("\n        ;;\n");
        }
        return text.ToString();
    }

    // *'{-s,--long}'[what it is for]:VALUE:who knows its values
    static string Spec(Command verb, Option option)
    {
        var said = Help(verb).Entries("Options")
            .FirstOrDefault(entry => entry.Name == option.Name);
        var names = option.Names().ToArray();
        var again = said?.Text.Contains("may be repeated", StringComparison.Ordinal) ?? false;
        var before = again ? "*" : names.Length > 1 ? $"({string.Join(' ', names)})" : "";
        var after = said is null ? "" : $"[{Escaped(said.Text)}]";
        if (option.HasValue())
        {
            var known = Completion.OfOptions.TryGetValue(option.Name, out var value);
            var what = said?.Term.Split(' ')[^1] ?? "value";
            after += $":{Escaped(what)}:{(known ? value!.Zsh : " ")}";
        }
        return names.Length > 1
            ? $"'{before}'{{{string.Join(',', names)}}}'{after}'"
            : $"'{before}{names[0]}{after}'";
    }

    static string SaidOf(Command verb) =>
        Shipped.VerbHelp.Entries("Usage").Concat(Shipped.DaemonHelp.Entries("Commands"))
            .Where(entry => entry.Term.Split(' ') is ["balancer", var name, ..] && name == verb.Name
                || entry.Term == verb.Name)
            .Select(entry => entry.Text)
            .FirstOrDefault("");

    static HelpText Help(Command verb) =>
        verb == Shipped.Root ? Shipped.DaemonHelp
        : verb.Name == "demo" ? Shipped.DemoHelp
        : Shipped.VerbHelp;

    // Brackets and colons part a specification, and a quote would end it.
    static string Escaped(string text) => text
        .Replace("'", "'\\''", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal)
        .Replace("]", "\\]", StringComparison.Ordinal)
        .Replace(":", "\\:", StringComparison.Ordinal);
}
