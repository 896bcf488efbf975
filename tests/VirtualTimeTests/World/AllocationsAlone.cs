using Xunit;

namespace Balancer.VirtualTimeTests;

/// <summary>
/// Tests that count what their thread allocates: a collection that others have caused counts as
/// allocated what it takes from a thread's reserve, so nothing else may run then.
/// </summary>
[CollectionDefinition(nameof(AllocationsAlone), DisableParallelization = true)]
public class AllocationsAlone;
