namespace DynamicData;

/// <summary>What happened to one item. Numbered as in the original.</summary>
public enum ChangeReason
{
    /// <summary>The key is new.</summary>
    Add = 0,

    /// <summary>The key was there; its value was replaced.</summary>
    Update = 1,

    /// <summary>The key is gone.</summary>
    Remove = 2,

    /// <summary>Nothing changed; look at the item again.</summary>
    Refresh = 3,

    /// <summary>Only sorted streams move items; nothing here produces it.</summary>
    Moved = 4,
}
