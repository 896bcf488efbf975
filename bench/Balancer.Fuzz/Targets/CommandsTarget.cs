using System.Text;
using Balancer.Daemon;

namespace Balancer.Fuzz.Targets;

/// <summary>What a command line is given to: <see cref="CommandLine.Run"/>.</summary>
internal delegate int Runs(
    IReadOnlyList<string> args, Func<DaemonOptions, int> serve,
    Func<DemoOptions, int> demonstrate, Surroundings world);

/// <summary>
/// Whatever is typed is understood, or refused in one line and with exit code 1; it never throws.
/// </summary>
internal sealed class CommandsTarget(Runs runs) : ITarget
{
    private const int MostWords = 12;

    private static readonly string[] Odd =
    [
        "", "-", "--", "-s", "--port", "--loops", "--backend-user", "--max-remotes", "--bind",
        "0", "1", "64", "65", "53", "65535", "65536", "2147483648", "-1", "+1", " 1", "1e3", "0x35",
        "4294967295", "18446744073709551616", "127.0.0.1", "127.1", "::1", "255.255.255.255",
        "[suggest]", "@/etc/passwd", "a\nb", "a\0b", "\u00e9", "\ud800", "%s", "demo", "=", "--=",
    ];

    private static readonly string[] Levels = ["", "info", "loud", "trace\n"];

    private static readonly byte[][] Words =
    [
        .. Corpus.CommandLines.SelectMany(words => words).Concat(Odd).Distinct()
            .Select(Encoding.UTF8.GetBytes),
    ];

    private readonly Mutator _input = new();
    private readonly Mutator _word = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private string? _level;
    private int _runs;

    /// <summary>The daemon's own.</summary>
    public CommandsTarget()
        : this(CommandLine.Run)
    {
    }

    /// <inheritdoc/>
    public string Name => "commands";

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Input => _input.Bytes;

    /// <inheritdoc/>
    public void Begin(ref Lot lot) => _input.Clear();

    /// <inheritdoc/>
    public int Step(ref Lot lot)
    {
        var args = Draw(ref lot);
        _input.Clear();
        _input.Append(Encoding.UTF8.GetBytes(string.Join('\0', args)));
        _level = lot.OneIn(8) ? lot.Of<string>(Levels) : null;
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        _runs = 0;
        var world = new Surroundings(
            _output, _error, name => name == "LOG_LEVEL" ? _level : null, lot.OneIn(2));
        Judge(runs(args, Served, _ => ++_runs - 1, world));
        return 1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private int Served(DaemonOptions options)
    {
        options.Core.Checked();
        return _runs++;
    }

    private void Judge(int code)
    {
        var (told, refused) = (_output.ToString(), _error.ToString());
        if (code == 0)
        {
            Finding.Unless(
                _runs == 1 ? told.Length == 0 : _runs == 0 && told.EndsWith('\n'),
                "neither served, nor demonstrated, nor told something");
            Finding.Unless(refused.Length == 0, "a refusal, and exit code 0");
            return;
        }
        Finding.Unless(code == CommandLineRefusal.ExitCode, "an exit code that is neither");
        Finding.Unless(_runs == 0 && told.Length == 0, "refused, and yet something was done");
        Finding.Unless(
            refused.StartsWith("balancer: ", StringComparison.Ordinal)
                && refused.IndexOf('\n') == refused.Length - 1,
            "a refusal that is not one line");
    }

    // A line of the corpus or words at random; then words are mutated, doubled, moved or left out.
    private string[] Draw(ref Lot lot)
    {
        var words = lot.OneIn(2)
            ? [.. lot.Of<string[]>(Corpus.CommandLines)]
            : new List<string>();
        if (words.Count == 0)
        {
            for (var count = lot.Below(MostWords); count > 0; count--)
                words.Add(Encoding.UTF8.GetString(lot.Of<byte[]>(Words)));
        }
        for (var times = lot.Below(4); times > 0; times--)
        {
            var at = lot.Below(words.Count + 1);
            switch (lot.Below(3))
            {
                case 0 when at < words.Count:
                    words.RemoveAt(at);
                    break;
                case 1:
                    words.Insert(at, Encoding.UTF8.GetString(lot.Of<byte[]>(Words)));
                    break;
                default:
                    _word.Draw(Words, ref lot);
                    words.Insert(at, Encoding.UTF8.GetString(_word.Bytes));
                    break;
            }
        }
        return [.. words];
    }
}
