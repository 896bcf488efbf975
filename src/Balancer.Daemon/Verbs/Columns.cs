using Spectre.Console;

namespace Balancer.Daemon.Verbs;

/// <summary>
/// A table: columns two spaces apart, with colours where people look.
/// </summary>
internal sealed class Columns(params string[] titles)
{
    private const int Gap = 2, Narrowest = 8;

    private readonly List<Cell[]> _rows = [];

    /// <summary>What a narrow screen leaves out, the first first.</summary>
    public IReadOnlyList<string> MayGo { get; init; } = [];

    /// <summary>One more row; as many cells as there are titles.</summary>
    public Columns Add(params Cell[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    /// <summary>For people: coloured, and no wider than their screen, if the last column can
    /// give way.</summary>
    public Table Coloured(int screen)
    {
        if (LeftOut(screen) is { } narrower)
            return narrower.Coloured(screen);
        var widths = Widths();
        widths[^1] = Math.Min(widths[^1], Math.Max(screen - WithoutLast(widths), Narrowest));
        var table = new Table().Border(TableBorder.None);
        foreach (var (title, index) in titles.Select((title, index) => (title, index)))
        {
            var isLast = index == titles.Length - 1;
            var column = new TableColumn(new Text(title, new(Color.Grey)))
                .NoWrap().Width(widths[index]).PadLeft(0).PadRight(isLast ? 0 : Gap);
            table.AddColumn(IsNumeric(index) ? column.RightAligned() : column);
        }
        foreach (var row in _rows)
            table.AddRow(row.Select((cell, index) => new Text(
                Fit(cell.Text, widths[index]), new(cell.Colour))));
        return table;
    }

    /// <summary>For pipes.</summary>
    public IEnumerable<string> Plain()
    {
        var widths = Widths();
        return new[] { titles }
            .Concat(_rows.Select(row => row.Select(cell => cell.Text).ToArray()))
            .Select(cells => string.Join("  ", cells.Select((text, index) =>
                IsNumeric(index) ? text.PadLeft(widths[index]) : text.PadRight(widths[index])))
                .TrimEnd());
    }

    /// <summary>Writes it as it suits the reader.</summary>
    public void Show(VerbContext verb)
    {
        if (verb.World.IsTerminal)
            verb.Screen.Write(Coloured(verb.Screen.Profile.Width));
        else
            Plain().ToList().ForEach(verb.Line);
    }

    // The same table without a column, if it is too wide and one may go.
    private Columns? LeftOut(int screen)
    {
        var gone = MayGo.Select(title => Array.IndexOf(titles, title))
            .FirstOrDefault(index => index >= 0, -1);
        var widths = Widths();
        if (gone < 0 || WithoutLast(widths) + Math.Min(Narrowest, widths[^1]) <= screen)
            return null;
        var narrower = new Columns([.. titles.Where((_, index) => index != gone)])
        {
            MayGo = MayGo,
        };
        _rows.ForEach(row => narrower.Add([.. row.Where((_, index) => index != gone)]));
        return narrower;
    }

    private static int WithoutLast(int[] widths) => widths.SkipLast(1).Sum(width => width + Gap);

    private int[] Widths() =>
    [
        .. titles.Select((title, index) =>
            _rows.Select(row => row[index].Text.Length).Append(title.Length).Max()),
    ];

    // The end of a path tells more than its beginning.
    private static string Fit(string text, int width) =>
        text.Length <= width ? text : $"…{text[(text.Length - width + 1)..]}";

    private bool IsNumeric(int column) =>
        _rows.Count > 0 && _rows.All(row => row[column].IsNumber);
}

/// <summary>A cell: its text, and how it looks.</summary>
internal readonly record struct Cell(string Text, Color Colour = default, bool IsNumber = false)
{
    public static implicit operator Cell(string text) => new(text, Color.Default);

    public static implicit operator Cell(long number) =>
        new(Shown.Count(number), Color.Default, IsNumber: true);

    /// <summary>A number with its unit.</summary>
    public static Cell Of(string number, Color? colour = null) =>
        new(number, colour ?? Color.Default, IsNumber: true);
}
