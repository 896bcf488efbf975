using System.Diagnostics;

namespace Balancer.Daemon.Loop;

/// <summary>Which registration an event belongs to. The kernel keeps a key of (generation, slot)
/// for us; a slot that is freed gets a new generation, so that an event gathered for its last
/// owner finds nobody, even when slot and descriptor are in use again.</summary>
sealed class SourceTable
{
    struct Slot
    {
        public LoopRegistration? Owner;
        public uint Generation;
    }

    readonly Stack<int> _free = [];
    Slot[] _slots = new Slot[16];
    int _used;

    public int Count => _used - _free.Count;

    /// <summary>A slot to be filled by <see cref="Occupy"/> or given back by <see cref="Free"/>.
    /// </summary>
    public ulong Reserve()
    {
        if (!_free.TryPop(out var slot))
        {
            if (_used == _slots.Length) Array.Resize(ref _slots, _used * 2);
            slot = _used++;
        }
        return ((ulong)_slots[slot].Generation << 32) | (uint)slot;
    }

    public void Occupy(ulong key, LoopRegistration owner)
    {
        ref var slot = ref SlotOf(key);
        Debug.Assert(slot.Owner is null && slot.Generation == GenerationOf(key), "reserved");
        slot.Owner = owner;
    }

    public void Free(ulong key)
    {
        ref var slot = ref SlotOf(key);
        Debug.Assert(slot.Generation == GenerationOf(key), "freed once");
        slot.Owner = null;
        slot.Generation++;
        _free.Push((int)(uint)key);
    }

    /// <summary>Nobody, if the registration with this key is gone.</summary>
    public LoopRegistration? OwnerOf(ulong key)
    {
        ref var slot = ref SlotOf(key);
        return slot.Generation == GenerationOf(key) ? slot.Owner : null;
    }

    ref Slot SlotOf(ulong key) => ref _slots[(int)(uint)key];

    static uint GenerationOf(ulong key) => (uint)(key >> 32);
}
