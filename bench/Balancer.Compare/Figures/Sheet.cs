namespace Balancer.Compare.Figures;

/// <summary>A kind of figure and how it is written.</summary>
sealed record Column(string Title, string Format = "#,0");

/// <summary>The figures of one part: a row each contender, a column each kind, all rounds kept.
/// </summary>
sealed class Sheet(string rows, params IReadOnlyList<Column> columns)
{
    readonly List<string> _rows = [];
    readonly Dictionary<(string Row, Column Column), List<double>> _cells = [];

    public void Add(string row, Column column, double value)
    {
        if (!_rows.Contains(row))
            _rows.Add(row);
        if (!_cells.TryGetValue((row, column), out var rounds))
            _cells[(row, column)] = rounds = [];
        rounds.Add(value);
    }

    /// <summary>Adds a column: a row's figures over a partner's, round by round.</summary>
    public void Compare(Column column, string row, string partner, Column ratio)
    {
        foreach (var round in this[row, column].Over(this[partner, column]).Rounds)
            Add(row, ratio, round);
    }

    /// <summary>The same of all rows.</summary>
    public void CompareAll(Column column, string partner, Column ratio)
    {
        foreach (var row in _rows.Where(row => row != partner))
            Compare(column, row, partner, ratio);
    }

    /// <summary>The figures of a cell; empty if it was not measured.</summary>
    public Spread this[string row, Column column] =>
        new(_cells.GetValueOrDefault((row, column), []));

    /// <summary>The table in Markdown: medians, ranges in parentheses.</summary>
    public IEnumerable<string> Lines() =>
    [
        $"| {rows} | {string.Join(" | ", columns.Select(column => column.Title))} |",
        $"|---|{string.Concat(columns.Select(_ => "---:|"))}",
        .. _rows.Select(row =>
            $"| {row} | {string.Join(" | ", columns.Select(c => this[row, c].Text(c.Format)))} |"),
    ];
}
