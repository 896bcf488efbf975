using System.Text;

namespace Balancer.Daemon.Settings;

/// <summary>The table of docs/configuration.md, and the sentences of the schema.</summary>
internal static class SettingsPage
{
    /// <summary>What stands before the table, and after it.</summary>
    public const string Begin = "<!-- the table of settings -->",
        End = "<!-- the end of the table -->";

    /// <summary>The page with this table in it.</summary>
    public static string With(string page)
    {
        var (begin, end) = (
            page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length,
            page.IndexOf(End, StringComparison.Ordinal));
        return $"{page[..begin]}\n\n{Table()}\n{page[end..]}";
    }

    /// <summary>What a setting is, what it may be and is by default.</summary>
    public static string Sentence(Setting setting)
    {
        var text = $"{char.ToUpperInvariant(setting.Text[0])}{setting.Text[1..]}";
        var allowed = setting.Allowed.Length == 0 ? "" : $" ({setting.Allowed})";
        return $"{text}{allowed}. Default: {Otherwise(setting)}.";
    }

    private static string Table()
    {
        var table = new StringBuilder(
            "| key | flag | what it is | allowed | default | a change takes hold |\n"
            + "| --- | --- | --- | --- | --- | --- |\n");
        foreach (var setting in SettingsTable.All)
        {
            var flag = setting.IsFlag
                ? $"`{setting.Flag}`{(setting.Letter is { } letter ? $" `{letter}`" : "")}"
                : "";
            var takesHold = setting.TakesHold is TakesHold.ByReload ? "by reload" : "by restart";
            table.Append(
                null,
                $"| `{setting.Key}` | {flag} | {setting.Text} | {setting.Allowed} "
                + $"| {Otherwise(setting)} | {takesHold} |\n");
        }
        return table.ToString();
    }

    private static string Otherwise(Setting setting)
    {
        var usually = setting.Show(new());
        var compat = setting.IsBase ? usually : setting.Show(
            new() { IsCompat = true, Core = Rx.BalancerOptions.Compat });
        var told = setting.Otherwise is { Length: > 0 } otherwise ? otherwise
            : usually.Length == 0 ? "none"
            : usually;
        return compat == usually ? told : $"{told}; with compat {compat}";
    }
}
