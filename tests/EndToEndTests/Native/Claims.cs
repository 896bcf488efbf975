using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Daemon.Native;

namespace Balancer.EndToEndTests.Native;

/// <summary>What our bindings claim about C, as C expressions and the numbers we hold them for.
/// </summary>
static class Claims
{
    public static IEnumerable<(string Expression, long Ours)> All =>
        [.. Addresses, .. Messages, .. Epoll, .. Files, .. Constants, .. Errors];

    static (string, long)[] Addresses =>
    [
        Size<SockAddrIn>("struct sockaddr_in"),
        At<SockAddrIn>("struct sockaddr_in", "sin_family", nameof(SockAddrIn.Family)),
        At<SockAddrIn>("struct sockaddr_in", "sin_port", nameof(SockAddrIn.NetworkPort)),
        At<SockAddrIn>("struct sockaddr_in", "sin_addr", nameof(SockAddrIn.NetworkAddress)),
        Size<SockAddrUn>("struct sockaddr_un"),
        At<SockAddrUn>("struct sockaddr_un", "sun_family", nameof(SockAddrUn.Family)),
        At<SockAddrUn>("struct sockaddr_un", "sun_path", "_path"),
        ("sizeof(((struct sockaddr_un *)0)->sun_path)", SockAddrUn.LongestPath + 1),
        Size<UCred>("struct ucred"),
        At<UCred>("struct ucred", "pid", nameof(UCred.Pid)),
        At<UCred>("struct ucred", "uid", nameof(UCred.Uid)),
        At<UCred>("struct ucred", "gid", nameof(UCred.Gid)),
    ];

    static (string, long)[] Messages =>
    [
        Size<IoVec>("struct iovec"),
        At<IoVec>("struct iovec", "iov_base", nameof(IoVec.Start)),
        At<IoVec>("struct iovec", "iov_len", nameof(IoVec.Length)),
        Size<MsgHdr>("struct msghdr"),
        At<MsgHdr>("struct msghdr", "msg_name", nameof(MsgHdr.Name)),
        At<MsgHdr>("struct msghdr", "msg_namelen", nameof(MsgHdr.NameLength)),
        At<MsgHdr>("struct msghdr", "msg_iov", nameof(MsgHdr.Pieces)),
        At<MsgHdr>("struct msghdr", "msg_iovlen", nameof(MsgHdr.PieceCount)),
        At<MsgHdr>("struct msghdr", "msg_control", nameof(MsgHdr.Control)),
        At<MsgHdr>("struct msghdr", "msg_controllen", nameof(MsgHdr.ControlLength)),
        At<MsgHdr>("struct msghdr", "msg_flags", nameof(MsgHdr.Flags)),
        Size<MMsgHdr>("struct mmsghdr"),
        At<MMsgHdr>("struct mmsghdr", "msg_hdr", nameof(MMsgHdr.Header)),
        At<MMsgHdr>("struct mmsghdr", "msg_len", nameof(MMsgHdr.Length)),
        Size<CMsgHdr>("struct cmsghdr"),
        At<CMsgHdr>("struct cmsghdr", "cmsg_len", nameof(CMsgHdr.Length)),
        At<CMsgHdr>("struct cmsghdr", "cmsg_level", nameof(CMsgHdr.Level)),
        At<CMsgHdr>("struct cmsghdr", "cmsg_type", nameof(CMsgHdr.Type)),
        Size<InPktInfo>("struct in_pktinfo"),
        At<InPktInfo>("struct in_pktinfo", "ipi_ifindex", nameof(InPktInfo.Interface)),
        At<InPktInfo>(
            "struct in_pktinfo", "ipi_spec_dst", nameof(InPktInfo.LocalNetworkAddress)),
        At<InPktInfo>("struct in_pktinfo", "ipi_addr", nameof(InPktInfo.HeaderNetworkAddress)),
        ("CMSG_SPACE(sizeof(struct in_pktinfo))", (long)PacketInfoControl.Space),
        ("CMSG_LEN(sizeof(struct in_pktinfo))", (long)PacketInfoControl.From(0).Head.Length),
        ("IPPROTO_IP", PacketInfoControl.From(0).Head.Level),
        ("IP_PKTINFO", PacketInfoControl.From(0).Head.Type),
        ("CMSG_SPACE(sizeof(unsigned short))", (long)SegmentControl.Space),
        ("CMSG_LEN(sizeof(unsigned short))", (long)SegmentControl.Of(1).Head.Length),
        ("SOL_UDP", SegmentControl.Of(1).Head.Level),
        ("UDP_SEGMENT", SegmentControl.Of(1).Head.Type),
    ];

    static (string, long)[] Epoll =>
    [
        ("sizeof(struct epoll_event)", EpollBatch.Stride),
        EpollBatch.IsPacked
            ? At<PackedEpollEvent>("struct epoll_event", "data", nameof(PackedEpollEvent.Data))
            : At<EpollEvent>("struct epoll_event", "data", "<Data>k__BackingField"),
        EpollBatch.IsPacked
            ? At<PackedEpollEvent>("struct epoll_event", "events", nameof(PackedEpollEvent.Events))
            : At<EpollEvent>("struct epoll_event", "events", "<Events>k__BackingField"),
        ("EPOLLIN", (long)EpollEvents.In),
        ("EPOLLOUT", (long)EpollEvents.Out),
        ("EPOLLERR", (long)EpollEvents.Error),
        ("EPOLLHUP", (long)EpollEvents.HangUp),
        ("EPOLLRDHUP", (long)EpollEvents.ReadHangUp),
        ("(unsigned)EPOLLEXCLUSIVE", (long)EpollEvents.Exclusive),
        ("(unsigned)EPOLLONESHOT", (long)EpollEvents.OneShot),
        ("(unsigned)EPOLLET", (long)EpollEvents.EdgeTriggered),
        ("EPOLL_CTL_ADD", (long)EpollOp.Add),
        ("EPOLL_CTL_DEL", (long)EpollOp.Delete),
        ("EPOLL_CTL_MOD", (long)EpollOp.Modify),
    ];

    static (string, long)[] Files =>
    [
        Size<Statx>("struct statx"),
        At<Statx>("struct statx", "stx_uid", nameof(Statx.Uid)),
        At<Statx>("struct statx", "stx_gid", nameof(Statx.Gid)),
        At<Statx>("struct statx", "stx_mode", nameof(Statx.Mode)),
        At<Statx>("struct statx", "stx_ino", nameof(Statx.Inode)),
        At<Statx>("struct statx", "stx_ctime", nameof(Statx.Changed)),
        At<Statx>("struct statx", "stx_mtime", nameof(Statx.Modified)),
        At<Statx>("struct statx", "stx_dev_major", nameof(Statx.DeviceMajor)),
        At<Statx>("struct statx", "stx_dev_minor", nameof(Statx.DeviceMinor)),
        Size<StatxTime>("struct statx_timestamp"),
        At<StatxTime>("struct statx_timestamp", "tv_sec", nameof(StatxTime.Seconds)),
        At<StatxTime>("struct statx_timestamp", "tv_nsec", nameof(StatxTime.Nanoseconds)),
        Size<RLimit>("struct rlimit"),
        At<RLimit>("struct rlimit", "rlim_cur", nameof(RLimit.Soft)),
        At<RLimit>("struct rlimit", "rlim_max", nameof(RLimit.Hard)),
        ("S_IFMT", Daemon.Native.Statx.TypeMask),
        ("S_IFDIR", Daemon.Native.Statx.TypeDirectory),
        ("S_IFSOCK", Daemon.Native.Statx.TypeSocket),
        ("AT_FDCWD", LibC.RelativeToWorkingDirectory),
        ("AT_SYMLINK_NOFOLLOW", LibC.DoNotFollow),
        ("AT_EMPTY_PATH", LibC.OfDescriptor),
        ("STATX_BASIC_STATS", LibC.BasicStats),
        ("RLIMIT_NOFILE", LibC.OpenFiles),
        ("O_CLOEXEC", LibC.CloseOnExec),
        ("O_RDWR", LibC.ReadAndWrite),
        ("F_GETFD", LibC.GetDescriptorFlags),
        ("F_SETFD", LibC.SetDescriptorFlags),
        ("F_GETFL", LibC.GetStatusFlags),
        ("F_SETFL", LibC.SetStatusFlags),
        ("O_NONBLOCK", (long)SockType.NonBlocking),
        ("FD_CLOEXEC", LibC.DescriptorCloseOnExec),
        ("EPOLL_CLOEXEC", LibC.CloseOnExec),
        ("EFD_CLOEXEC", LibC.CloseOnExec),
        ("EFD_NONBLOCK", LibC.NonBlocking),
    ];

    static (string, long)[] Constants =>
    [
        ("POSIX_SPAWN_SETPGROUP", LibC.SpawnSetsGroup),
        ("POSIX_SPAWN_SETSIGDEF", LibC.SpawnSetsDefaults),
        ("POSIX_SPAWN_SETSIGMASK", LibC.SpawnSetsMask),
        ("P_PID", LibC.WaitsForPid),
        ("WEXITED", LibC.WaitsForEnd),
        ("WEXITED | WNOWAIT", LibC.WaitsForEnd | LibC.WaitsOnly),
        ("SIGKILL", LibC.Kill),
        ("SIGPIPE", LibC.BrokenPipe),
        ("sizeof(sigset_t)", LibC.SignalWords * sizeof(ulong)),
        ("sizeof(siginfo_t)", LibC.SignalWords * sizeof(ulong)),
        ($"sizeof(posix_spawnattr_t) <= {LibC.SpawnRoom}", 1),
        ($"sizeof(posix_spawn_file_actions_t) <= {LibC.SpawnRoom}", 1),
        ("AF_UNIX", (long)SockDomain.Unix),
        ("AF_INET", (long)SockDomain.Inet),
        ("SOCK_STREAM", (long)SockType.Stream),
        ("SOCK_DGRAM", (long)SockType.Datagram),
        ("SOCK_NONBLOCK", (long)SockType.NonBlocking),
        ("SOCK_CLOEXEC", (long)SockType.CloseOnExec),
        ("SHUT_RD", (long)ShutdownHow.Read),
        ("SHUT_WR", (long)ShutdownHow.Write),
        ("SHUT_RDWR", (long)ShutdownHow.Both),
        ("MSG_PEEK", (long)MsgFlags.Peek),
        ("MSG_CTRUNC", (long)MsgFlags.ControlTruncated),
        ("MSG_TRUNC", (long)MsgFlags.Truncated),
        ("MSG_DONTWAIT", (long)MsgFlags.DontWait),
        ("MSG_NOSIGNAL", (long)MsgFlags.NoSignal),
        .. Option("SOL_SOCKET", "SO_REUSEADDR", SockOption.ReuseAddress),
        .. Option("SOL_SOCKET", "SO_ERROR", SockOption.Error),
        .. Option("SOL_SOCKET", "SO_SNDBUF", SockOption.SendBuffer),
        .. Option("SOL_SOCKET", "SO_RCVBUF", SockOption.ReceiveBuffer),
        .. Option("SOL_SOCKET", "SO_ACCEPTCONN", SockOption.AcceptsConnections),
        .. Option("SOL_SOCKET", "SO_PROTOCOL", SockOption.Protocol),
        .. Option("SOL_SOCKET", "SO_DOMAIN", SockOption.Domain),
        .. Option("SOL_SOCKET", "SO_COOKIE", SockOption.Cookie),
        .. Option("SOL_SOCKET", "SO_REUSEPORT", SockOption.ReusePort),
        .. Option("SOL_SOCKET", "SO_PEERCRED", SockOption.PeerCredentials),
        .. Option("SOL_SOCKET", "SO_ATTACH_FILTER", SockOption.AttachFilter),
        .. Option("SOL_SOCKET", "SO_DETACH_FILTER", SockOption.DetachFilter),
        Size<SockFilter>("struct sock_filter"),
        At<SockFilter>("struct sock_filter", "k", nameof(SockFilter.Operand)),
        Size<SockFilterProgram>("struct sock_fprog"),
        At<SockFilterProgram>(
            "struct sock_fprog", "filter", nameof(SockFilterProgram.Instructions)),
        .. Option("SOL_SOCKET", "SO_SNDBUFFORCE", SockOption.SendBufferForce),
        .. Option("SOL_SOCKET", "SO_RCVBUFFORCE", SockOption.ReceiveBufferForce),
        .. Option("SOL_SOCKET", "SO_ATTACH_REUSEPORT_CBPF", SockOption.AttachReusePortFilter),
        .. Option("IPPROTO_IP", "IP_PKTINFO", SockOption.PacketInfo),
        .. Option("IPPROTO_TCP", "TCP_NODELAY", SockOption.NoDelay),
        .. Option("SOL_UDP", "UDP_SEGMENT", SockOption.Segment),
        .. Option("SOL_UDP", "UDP_GRO", SockOption.ReceiveTrains),
    ];

    static IEnumerable<(string, long)> Errors =>
        from error in Enum.GetValues<Errno>()
        where error != Errno.None
        select (error.ToString(), (long)error);

    static (string, long) Size<T>(string c) where T : unmanaged =>
        ($"sizeof({c})", Unsafe.SizeOf<T>());

    static (string, long) At<T>(string c, string cField, string field) =>
        ($"offsetof({c}, {cField})", (long)Marshal.OffsetOf<T>(field));

    static (string, long)[] Option(string level, string name, SockOption ours) =>
        [(level, ours.Level), (name, ours.Name)];
}
