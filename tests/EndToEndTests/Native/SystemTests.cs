using System.Runtime.Versioning;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Native;

[SupportedOSPlatform("linux")]
public sealed class SystemTests : IDisposable
{
    readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_socket_file_is_known_by_its_stat()
    {
        _scratch.Listener("door");
        Assert.False(LibC.Statx(_scratch.PathOf("door"), out var door).IsError);
        Assert.True(door.IsSocket);
        Assert.False(door.IsDirectory);
        Assert.Equal(LibC.GetUid(), door.Uid);
        var written = File.GetLastWriteTimeUtc(_scratch.PathOf("door"));
        Assert.Equal((written - DateTime.UnixEpoch).Ticks, door.Modified.TotalNanoseconds / 100);
    }

    [Fact]
    public void Directories_plain_files_and_permissions_are_told_apart()
    {
        File.WriteAllText(_scratch.PathOf("file"), "");
        File.SetUnixFileMode(_scratch.PathOf("file"), UnixFileMode.UserRead);
        LibC.Statx(_scratch.PathOf("file"), out var file).OrThrow("statx");
        Assert.False(file.IsSocket);
        Assert.Equal((int)UnixFileMode.UserRead, file.Permissions);
        LibC.Statx(_scratch.PathOf("."), out var folder).OrThrow("statx");
        Assert.True(folder.IsDirectory);
    }

    [Fact]
    public void A_link_is_not_followed_and_a_missing_file_is_ENOENT()
    {
        _scratch.Listener("door");
        File.CreateSymbolicLink(_scratch.PathOf("link"), _scratch.PathOf("door"));
        LibC.Statx(_scratch.PathOf("link"), out var link).OrThrow("statx");
        Assert.False(link.IsSocket);
        Assert.True(LibC.Statx(_scratch.PathOf("none"), out _).Is(Errno.ENOENT));
    }

    [Fact]
    public void A_successor_at_the_same_path_is_told_from_its_predecessor()
    {
        _scratch.Listener("door");
        LibC.Statx(_scratch.PathOf("door"), out var first).OrThrow("statx");
        File.Move(_scratch.PathOf("door"), _scratch.PathOf("old"));
        _scratch.Listener("door");
        LibC.Statx(_scratch.PathOf("door"), out var second).OrThrow("statx");
        Assert.NotEqual(first.Inode, second.Inode);
    }

    [Fact]
    public void An_eventfd_counts_its_rings_until_they_are_taken()
    {
        var bell = _scratch.EventFd();
        Assert.True(LibC.EventFdTake(bell).Is(Errno.EAGAIN));
        LibC.EventFdRing(bell).OrThrow("ring");
        LibC.EventFdRing(bell).OrThrow("ring");
        Assert.Equal(2, LibC.EventFdTake(bell).Value);
        Assert.True(LibC.EventFdTake(bell).Is(Errno.EAGAIN));
    }

    [Fact]
    public void The_reserve_descriptor_opens_and_the_limit_of_descriptors_can_be_set()
    {
        Assert.True(_scratch.Own(LibC.OpenReserve()) > 0);
        LibC.GetOpenFilesLimit(out var limit).OrThrow("getrlimit");
        Assert.InRange(limit.Soft, 1ul, limit.Hard);
        Assert.False(LibC.SetOpenFilesLimit(limit).IsError);
        var impossible = new RLimit { Soft = 2, Hard = 1 };
        Assert.True(LibC.SetOpenFilesLimit(impossible).Is(Errno.EINVAL));
    }

    [Fact]
    public void A_wait_gives_back_the_word_that_was_left_with_the_descriptor()
    {
        const ulong word = 0xFEDC_BA98_7654_3210;
        var epoll = _scratch.Own(LibC.EpollCreate());
        using var batch = new EpollBatch(4);
        Assert.Equal(0, LibC.EpollWait(epoll, batch, 0).Value);
        foreach (var bell in new[] { _scratch.RungEventFd(), _scratch.RungEventFd() })
            LibC.EpollCtl(epoll, EpollOp.Add, bell, EpollEvents.In, word).OrThrow("epoll_ctl");
        Assert.Equal(2, LibC.EpollWait(epoll, batch, 0).Value);
        Assert.Equal(new EpollEvent(EpollEvents.In, word), batch[0]);
        Assert.Equal(new EpollEvent(EpollEvents.In, word), batch[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[4]);
    }

    [Fact]
    public void A_result_is_a_value_or_a_reason()
    {
        Assert.Equal(7, SysResult.Of(7).Value);
        Assert.False(SysResult.Of(0).IsError);
        Assert.False(SysResult.Of(0).Is(Errno.None));
        var refused = SysResult.Failed(Errno.EAGAIN);
        Assert.True(refused.IsError && refused.Is(Errno.EAGAIN) && !refused.Is(Errno.EPIPE));
        var e = Assert.Throws<SysException>(() => SysResult.Failed(Errno.EACCES).OrThrow("bind"));
        Assert.Equal(Errno.EACCES, e.Error);
        Assert.StartsWith("bind: EACCES", e.Message, StringComparison.Ordinal);
    }
}
