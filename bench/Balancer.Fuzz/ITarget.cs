namespace Balancer.Fuzz;

/// <summary>Something that reads what others wrote.</summary>
internal interface ITarget : IDisposable
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it was given last, for the report.</summary>
    ReadOnlySpan<byte> Input { get; }

    /// <summary>A fresh state: from here on the lots decide everything.</summary>
    void Begin(ref Lot lot);

    /// <summary>
    /// Draws one or several inputs and gives them; how many there were. Throws what the target
    /// throws, and a <see cref="Finding"/> for what it should not have done.
    /// </summary>
    int Step(ref Lot lot);
}
