using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Native;

public class LayoutTests
{
    [Fact]
    public void Every_layout_and_constant_is_what_the_C_compiler_says()
    {
        var claims = Claims.All.Distinct().ToList();
        if (CCompiler.Evaluate(claims.Select(c => c.Expression).Distinct()) is not { } truth)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "CI must have a cc");
            Assert.Skip("not run: there is no C compiler `cc` here");
            return;
        }
        var wrong = from claim in claims
                    where truth[claim.Expression] != claim.Ours
                    select $"{claim.Expression}: {truth[claim.Expression]}, ours {claim.Ours}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void An_epoll_event_is_packed_to_twelve_bytes_on_x64_alone()
    {
        Assert.Equal(12, Unsafe.SizeOf<PackedEpollEvent>());
        Assert.Equal(16, Unsafe.SizeOf<EpollEvent>());
        var isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        Assert.Equal(isX64 ? 12 : 16, EpollBatch.Stride);
    }

    [Fact]
    public void Structures_have_the_sizes_of_a_64_bit_Linux()
    {
        Assert.Equal(16, Unsafe.SizeOf<SockAddrIn>());
        Assert.Equal(110, Unsafe.SizeOf<SockAddrUn>());
        Assert.Equal(12, Unsafe.SizeOf<UCred>());
        Assert.Equal(16, Unsafe.SizeOf<IoVec>());
        Assert.Equal(56, Unsafe.SizeOf<MsgHdr>());
        Assert.Equal(64, Unsafe.SizeOf<MMsgHdr>());
        Assert.Equal(16, Unsafe.SizeOf<CMsgHdr>());
        Assert.Equal(12, Unsafe.SizeOf<InPktInfo>());
        Assert.Equal(32, Unsafe.SizeOf<PacketInfoControl>());
        Assert.Equal(24, Unsafe.SizeOf<SegmentControl>());
        Assert.Equal(256, Unsafe.SizeOf<Statx>());
        Assert.Equal(16, Unsafe.SizeOf<StatxTime>());
        Assert.Equal(16, Unsafe.SizeOf<RLimit>());
    }
}
