using System.Reflection;
using Balancer.Daemon;
using Balancer.Daemon.Settings;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Settings;

/// <summary>There is one table, and nothing is left out of it.</summary>
public sealed class SettingsTableTests
{
    // What is drawn by lot or comes from another setting (backend-user).
    static readonly string[] NotForPeople =
    [
        nameof(BalancerOptions.Seed), nameof(BalancerOptions.HashSeed),
        nameof(BalancerOptions.BackendOwners),
    ];

    [Fact]
    public void Every_option_of_the_core_can_be_set()
    {
        var members = typeof(BalancerOptions)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => property.Name)
            .Except(NotForPeople);
        // Where a row is of another shape it has no member: these are looked for by their names.
        var rows = SettingsTable.All.Select(setting => setting.Member)
            .Append(nameof(BalancerOptions.SocketDirectory))
            .Append(nameof(BalancerOptions.Allow));
        Assert.Empty(members.Except(rows));
    }

    [Fact]
    public void No_name_and_no_letter_is_taken_twice()
    {
        Assert.Equal(
            SettingsTable.All.Count,
            SettingsTable.All.Select(setting => setting.Key).Distinct().Count());
        var letters = SettingsTable.Flags
            .Where(setting => setting.Letter is not null)
            .Select(setting => setting.Letter)
            .ToArray();
        Assert.Equal(letters.Length, letters.Distinct().Count());
    }

    [Theory]
    [InlineData("port", "port")]
    [InlineData("max-tcp-per-client", "maxTcpPerClient")]
    public void The_key_is_the_flag_in_one_word(string name, string key) =>
        Assert.Equal(key, SettingsTable.Named(name).Key);

    [Fact]
    public void A_name_is_of_small_words_with_dashes() => Assert.All(
        SettingsTable.All, setting => Assert.Matches("^[a-z]+(-[a-z]+)*$", setting.Name));

    [Fact]
    public void What_is_shown_is_read_as_the_same_again()
    {
        var options = new DaemonOptions();
        foreach (var setting in SettingsTable.All)
        {
            var shown = setting.Show(options);
            if (setting.Kind is SettingKind.Switch || shown is "none" or "0" or "")
                continue;
            var change = setting.OfTexts(shown.Split(", "));
            Assert.Null(change.Refused);
            Assert.Equal(shown, setting.Show(change.Value(options)));
        }
    }

    [Fact]
    public void A_row_writes_where_it_reads()
    {
        foreach (var setting in SettingsTable.All.OfType<SwitchSetting>())
        {
            foreach (var on in (bool[])[true, false])
                Assert.Equal(on, setting.Get(setting.Put(new(), on)));
        }
        foreach (var setting in SettingsTable.All.OfType<SingleSetting<TimeSpan>>())
        {
            var time = TimeSpan.FromSeconds(77);
            Assert.Equal(time, setting.Get(setting.Put(new(), time)));
        }
        foreach (var setting in SettingsTable.All.OfType<SingleSetting<int>>())
            Assert.Equal(77, setting.Get(setting.Put(new(), 77)));
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5_000)]
    [InlineData("1m", 60_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1500ms", 1_500)]
    public void Times_have_units(string text, int milliseconds)
    {
        var times = Words.Times("0s", "24h");
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), times.Read(text).Value);
        Assert.Equal(text, times.Write(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("1.5s")]
    [InlineData("5S")]
    [InlineData("25h")]
    [InlineData("99999999999h")]
    public void What_is_not_a_time_is_refused(string text) => Assert.Equal(
        "not a time (as 250ms, 5s, 1m or 1h) from 1s to 24h",
        Words.Times("1s", "24h").Read(text).Refused);
}
