using Balancer.Daemon;
using Balancer.Daemon.Sockets;
using Xunit;

namespace Balancer.EndToEndTests;

public class UsersTests
{
    static readonly Users Some = new(
    [
        "root:x:0:0:root:/root:/bin/sh", "", "# a comment", "broken", "named:x:53:54::/:",
        "alias:x:53:53::/:", "odd:x:many:1::/:", "none:x:4294967295:1::/:",
        "groupless:x:55",
    ]);

    [Theory]
    [InlineData("root", 0u)]
    [InlineData("named", 53u)]
    [InlineData("alias", 53u)]
    [InlineData("65534", 65_534u)]
    [InlineData("odd", null)]
    [InlineData("none", null)]
    [InlineData("broken", null)]
    [InlineData("", null)]
    [InlineData("+53", null)]
    public void A_user_is_found_by_name_or_number(string text, uint? id) =>
        Assert.Equal(id, Some.Find(text));

    [Fact]
    public void A_user_without_a_name_is_called_by_number() =>
        Assert.Equal(("named", "54"), (Some.NameOf(53), Some.NameOf(54)));

    [Theory]
    [InlineData("named", "named 53 54")]
    [InlineData("53", "named 53 54")]
    [InlineData("54", null)]
    [InlineData("nobody", null)]
    [InlineData("groupless", null)]
    public void A_user_to_serve_as_stands_there_with_a_group(string text, string? account) =>
        Assert.Equal(
            account,
            Some.AccountOf(text) is { } found ? $"{found.Name} {found.Uid} {found.Gid}" : null);

    [Fact]
    public void The_users_of_this_system_are_known() =>
        Assert.Equal(0u, Users.OfSystem.Find("root"));

    [Fact]
    public void The_refusal_of_a_process_names_its_user_and_what_would_allow_it() => Assert.Equal(
        "run by uid 53; --backend-user named would allow it", BackendPeer.Refusal(53, Some));
}
