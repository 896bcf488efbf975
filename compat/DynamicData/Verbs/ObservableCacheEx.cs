namespace DynamicData;

// Each verb is a file here: the extension with its change table, and below it the engine.
// Under a table's heading stands what comes in; beside it what happens, and what goes out.

/// <summary>The verbs: on sources of changes, on streams of changes, on listings.</summary>
public static partial class ObservableCacheEx;
