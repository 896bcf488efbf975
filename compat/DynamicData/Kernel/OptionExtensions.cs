namespace DynamicData.Kernel;

/// <summary>Ways to read an optional value.</summary>
public static class OptionExtensions
{
    /// <summary>The value, or another.</summary>
    public static T ValueOr<T>(this in Optional<T> source, Func<T> valueSelector)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(valueSelector);
        return source.HasValue ? source.Value : valueSelector();
    }

    /// <summary>The value, or the type's default.</summary>
    public static T? ValueOrDefault<T>(this in Optional<T> source)
        where T : notnull => source.HasValue ? source.Value : default;
}
