using Xunit;

namespace Balancer.VirtualTimeTests;

/// <summary>Tests that count what their thread allocates: nothing else runs then, so that what
/// they count is theirs.</summary>
[CollectionDefinition(nameof(AllocationsAlone), DisableParallelization = true)]
public class AllocationsAlone;
