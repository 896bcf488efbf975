using System.Globalization;

namespace Balancer.Fuzz;

/// <summary>What was asked for.</summary>
/// <param name="Inputs">How many inputs, over all targets.</param>
/// <param name="Seed">What all lots come from.</param>
/// <param name="Target">One target; null: all of them.</param>
/// <param name="Chunk">One chunk of it; null: as many as it takes.</param>
internal sealed record FuzzOptions(long Inputs, ulong Seed, string? Target, long? Chunk)
{
    /// <summary>A few seconds' worth: what CI can spare.</summary>
    public const long InputsByDefault = 1_000_000;

    /// <summary>These arguments; null if they are not understood.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="targets">The names that a target can have.</param>
    /// <param name="refusal">The sentence, if they are not.</param>
    public static FuzzOptions? Read(
        IReadOnlyList<string> args, IReadOnlyList<string> targets, out string refusal)
    {
        refusal = "";
        var options = new FuzzOptions(InputsByDefault, Seed: 1, null, null);
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            var isNumber = long.TryParse(
                value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (args[i])
            {
                case "--inputs" when isNumber && number > 0:
                    options = options with { Inputs = number };
                    break;
                case "--seed" when isNumber:
                    options = options with { Seed = (ulong)number };
                    break;
                case "--chunk" when isNumber:
                    options = options with { Chunk = number };
                    break;
                case "--target" when value is not null && targets.Contains(value):
                    options = options with { Target = value };
                    break;
                default:
                    refusal = $"{args[i]} {value ?? "(nothing)"}: not understood";
                    return null;
            }
        }
        if (options is not { Chunk: not null, Target: null })
            return options;
        refusal = "--chunk needs a --target";
        return null;
    }
}
