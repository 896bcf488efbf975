using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Directory;

// Which entries are backends, and what a directory that cannot be read does (B1, B10, M21).
public class DirectoryTests
{
    [Fact]
    public void What_is_there_at_the_start_is_found_at_once()
    {
        var world = new World();
        world.Backend(5301).Appears();
        world.Backend(5302).Appears();
        world.Settle();
        Assert.Equal(
            [5301, 5302], world.FactsOf<BalancerEvent.BackendFound>().Select(f => f.Fact.Id.Value));
    }

    [Fact]
    public void Only_sockets_become_backends_and_other_entries_are_told_of_once()
    {
        var world = new World();
        world.Directory.Put("notes.txt", isSocket: false);
        world.Run(1.Minutes());
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFound>());
        var ignored = Assert.Single(world.FactsOf<BalancerEvent.EntryIgnored>()).Fact;
        Assert.Equal("/sockets/notes.txt", ignored.Path);
        Assert.Equal(IgnoredBecause.NotASocket, ignored.Reason);
    }

    [Fact]
    public void An_ignored_entry_that_went_and_came_back_is_told_of_again()
    {
        var world = new World();
        world.Directory.Put("notes.txt", isSocket: false);
        world.Run(1.Seconds());
        world.Directory.Remove("notes.txt");
        world.Run(1.Seconds());
        world.Directory.Put("notes.txt", isSocket: false);
        world.Run(1.Seconds());
        Assert.Equal(2, world.FactsOf<BalancerEvent.EntryIgnored>().Count());
    }

    [Fact]
    public void The_original_took_every_entry()
    {
        var world = World.Compat();
        world.Directory.Put("notes.txt", isSocket: false);
        world.Settle();
        Assert.Single(world.FactsOf<BalancerEvent.BackendFound>());
        Assert.Equal(FaultReason.ConnectFailed, world.Last<BalancerEvent.BackendFaulted>().Reason);
    }

    [Theory]
    [InlineData('x', 98, true)]
    [InlineData('x', 99, false)]
    [InlineData('é', 49, true)]
    [InlineData('é', 50, false)]
    public void A_path_of_107_bytes_is_taken_and_one_byte_more_is_told_of_once(
        char letter, int count, bool taken)
    {
        var world = new World();
        world.Directory.Put(new string(letter, count));
        world.Run(1.Minutes());
        Assert.Equal(taken ? 1 : 0, world.FactsOf<BalancerEvent.BackendFound>().Count());
        Assert.Equal(
            taken ? [] : [IgnoredBecause.PathTooLong],
            world.FactsOf<BalancerEvent.EntryIgnored>().Select(f => f.Fact.Reason));
    }

    [Fact]
    public void More_sockets_than_the_limit_are_left_out_and_told_of()
    {
        var world = new World(BalancerOptions.Default with { MaxBackends = 3 });
        world.With(5301, 5302, 5303);
        world.Backend(5304).Appears();
        world.Run(1.Minutes());
        var ignored = Assert.Single(world.FactsOf<BalancerEvent.EntryIgnored>()).Fact;
        Assert.Equal(("/sockets/5304", IgnoredBecause.TooMany), (ignored.Path, ignored.Reason));
        Assert.Null(world.Session(5304));

        world.Backend(5301).Vanishes();
        world.Run(20.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5304));
    }

    [Fact]
    public void A_directory_that_cannot_be_read_is_told_of_once_and_its_backends_stay()
    {
        var world = new World().With(5301, 5302);
        world.Directory.Error = "EACCES";
        world.Run(1.Minutes());
        var told = Assert.Single(world.FactsOf<BalancerEvent.DirectoryUnreadable>()).Fact;
        Assert.Equal(("/sockets", "EACCES"), (told.Path, told.Error));
        world.Client("10.0.0.1").IsServedBy(5301);
        world.Client("10.0.0.2").IsServedBy(5302);
        Assert.Empty(world.FactsOf<BalancerEvent.BackendForgotten>());
    }

    [Fact]
    public void A_backend_that_dies_meanwhile_is_still_tried_again()
    {
        var world = new World().With(5301);
        world.Directory.Error = "EACCES";
        world.Run(10.Seconds());
        world.Backend(5301).CloseAll();
        world.Run(1.Seconds());
        world.Client("10.0.0.1").IsServedBy(5301);
    }

    [Fact]
    public void When_it_can_be_read_again_that_is_told_once_and_what_is_new_is_found()
    {
        var world = new World();
        world.Directory.Error = "ENOENT";
        world.Run(1.Minutes());
        Assert.Single(world.FactsOf<BalancerEvent.DirectoryUnreadable>());

        world.Directory.Error = null;
        world.Backend(5301).Appears();
        world.Run(1.Minutes());
        Assert.Single(world.FactsOf<BalancerEvent.DirectoryReadable>());
        Assert.IsType<Session.Live>(world.Session(5301));

        world.Directory.Error = "EIO";
        world.Run(1.Minutes());
        Assert.Equal(2, world.FactsOf<BalancerEvent.DirectoryUnreadable>().Count());
    }
}
