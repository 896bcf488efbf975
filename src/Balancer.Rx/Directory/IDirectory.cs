using System.Reactive;

namespace Balancer.Rx.Directory;

/// <summary>One name in the socket directory.</summary>
/// <param name="Name">The file name, without the directory.</param>
/// <param name="IsSocket">It is a socket, and not a link to one.</param>
/// <param name="Incarnation">
/// Differs between two files that had this name one after the other; equal for the same file.
/// </param>
/// <param name="Owner">The number of the user who owns it.</param>
public readonly record struct DirectoryEntry(
    string Name, bool IsSocket, long Incarnation, uint Owner = 0);

/// <summary>What a look into the directory gave.</summary>
public abstract record DirectoryListing
{
    private DirectoryListing() { }

    /// <summary>What is in it, in any order.</summary>
    public sealed record Entries(IReadOnlyList<DirectoryEntry> Items) : DirectoryListing;

    /// <summary>It could not be read; <paramref name="Error"/> is for people.</summary>
    public sealed record Unreadable(string Error) : DirectoryListing;
}

/// <summary>The port to the file system: list names, and hear that something changed.</summary>
public interface IDirectory
{
    /// <summary>
    /// Hints that a listing may differ now. They may be spurious, late or missing: the listing
    /// every <see cref="BalancerOptions.ListEvery"/> is what is relied on. On the core's scheduler.
    /// </summary>
    IObservable<Unit> Hints { get; }

    /// <summary>Lists the directory now. Never throws.</summary>
    DirectoryListing List();
}
