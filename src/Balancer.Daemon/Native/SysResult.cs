using System.ComponentModel;
using System.Diagnostics;

namespace Balancer.Daemon.Native;

/// <summary>What a system call answered: a value, or the reason why there is none.</summary>
/// <remarks>Held as the kernel itself returns it: negative means <c>-errno</c>.</remarks>
readonly struct SysResult
{
    readonly long _raw;

    SysResult(long raw) => _raw = raw;

    public static SysResult Of(long value)
    {
        Debug.Assert(value >= 0, "a value of a system call is never negative");
        return new SysResult(value);
    }

    public static SysResult Failed(Errno error)
    {
        Debug.Assert(error > Errno.None, "a failure has a reason");
        return new SysResult(-(long)error);
    }

    public bool IsError => _raw < 0;

    public Errno Error => _raw < 0 ? (Errno)(-_raw) : Errno.None;

    public bool Is(Errno error) => _raw == -(long)error && _raw < 0;

    /// <summary>The value: a descriptor, or a number of bytes, messages or events.</summary>
    public int Value
    {
        get
        {
            Debug.Assert(!IsError, "a failed system call has no value");
            return (int)_raw;
        }
    }

    /// <summary>For setting up only, where going on makes no sense.</summary>
    public int OrThrow(string what) => IsError ? throw new SysException(what, Error) : Value;

    public override string ToString() => IsError ? Error.ToString() : _raw.ToString();
}

/// <summary>A refusal met while setting up; in steady state a refusal is a value.</summary>
sealed class SysException(string what, Errno error)
    : Exception($"{what}: {error} ({new Win32Exception((int)error).Message})")
{
    public Errno Error { get; } = error;
}
