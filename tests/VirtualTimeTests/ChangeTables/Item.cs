using System.Reactive.Subjects;

namespace Balancer.VirtualTimeTests.ChangeTables;

/// <summary>What the tables are tried with: a key and a number, told as <c>a1</c>.</summary>
record Item(string Key, int Value)
{
    public static Item A(int value) => new("a", value);

    public static Item B(int value) => new("b", value);

    public static Item C(int value) => new("c", value);

    public sealed override string ToString() => $"{Key}{Value}";
}

/// <summary>An item with an observable of its own, which speaks only when told to.</summary>
sealed record Speaker<T>(string Key, int Value) : Item(Key, Value)
{
    public Subject<T> Voice { get; } = new();

    public bool IsHeard => Voice.HasObservers;
}

/// <summary>An item of the right side: <c>r1@L</c> names the left item L.</summary>
sealed record Right(string Key, string Left, int Value)
{
    public override string ToString() => $"{Key}{Value}@{Left}";
}
