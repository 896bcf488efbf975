using System.Text;

namespace Balancer.Daemon.Settings;

/// <summary>What --help says of the settings: a column of names, a column of prose.</summary>
internal static class SettingsHelp
{
    private const int Names = 30, Width = 90;

    /// <summary>The lines of these settings.</summary>
    /// <param name="settings">In their order.</param>
    /// <param name="options">What is in force if nothing is given.</param>
    public static string Of(IEnumerable<Setting> settings, DaemonOptions options) =>
        string.Concat(settings.Select(setting => Entry(NameOf(setting), Prose(setting, options))));

    /// <summary>An entry: a name, and beside or below it what it is for.</summary>
    public static string Entry(string name, string prose)
    {
        var text = new StringBuilder($"  {name}");
        if (text.Length > Names - 2)
            text.Append('\n').Append(' ', Names);
        else
            text.Append(' ', Names - text.Length);
        var column = Names;
        foreach (var word in prose.Split(' '))
        {
            if (column > Names && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', Names);
                column = Names;
            }
            if (column > Names)
                text.Append(' ');
            text.Append(word);
            column += word.Length + 1;
        }
        return text.Append('\n').ToString();
    }

    private static string NameOf(Setting setting) =>
        $"{(setting.Letter is { } letter ? $"{letter}, " : "    ")}{setting.Flag} {setting.Word}"
            .TrimEnd();

    private static string Prose(Setting setting, DaemonOptions options)
    {
        var otherwise = setting.Kind is SettingKind.Switch
            ? ""
            : setting.Otherwise ?? setting.Show(options);
        return setting.Text
            + (setting.Allowed.Length == 0 ? "" : $"{Before(setting)}{setting.Allowed}")
            + (setting.Kind is SettingKind.Several ? "; may be repeated" : "")
            + (otherwise.Length == 0 ? "" : $" [{otherwise}]");
    }

    // "…; 0: none; 0 to 100", "port …, 1 to 65535", "the shape of a line: bunyan, json or text".
    private static string Before(Setting setting) =>
        setting.Text.Contains(';', StringComparison.Ordinal) ? "; "
        : char.IsAsciiDigit(setting.Allowed[0]) ? ", "
        : ": ";
}
