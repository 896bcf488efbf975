using System.Globalization;

namespace Balancer.Daemon;

/// <summary>
/// The users of /etc/passwd, by name and number. Other directories of users (NSS) are not asked:
/// whoever stands only there goes by number.
/// </summary>
/// <param name="passwd">Lines <c>name:x:number:…</c>; others are passed over.</param>
internal sealed class Users(IEnumerable<string> passwd)
{
    private const string File = "/etc/passwd";

    private static readonly Lazy<Users> Read = new(() => new(Lines()));

    private readonly List<(string Name, uint Id, uint? Group)> _users =
    [
        .. from line in passwd
           let fields = line.Split(':')
           where fields.Length > 2
           let id = Number(fields[2])
           where id is not null
           select (fields[0], id.Value, Number(fields.ElementAtOrDefault(3) ?? "")),
    ];

    /// <summary>Those of this system, as they were when first asked for.</summary>
    public static Users OfSystem => Read.Value;

    /// <summary>The user of this name or, if it is all digits, of this number.</summary>
    public uint? Find(string text) => Number(text)
        ?? _users.Where(user => user.Name == text).Select(user => (uint?)user.Id).FirstOrDefault();

    /// <summary>The whole of the user of this name or number; null: it is not there, or has no
    /// group.</summary>
    public Account? AccountOf(string text) => _users
        .Where(user => user.Name == text || Number(text) == user.Id)
        .Select(user => user.Group is { } group ? new Account(user.Name, user.Id, group) : null)
        .FirstOrDefault();

    /// <summary>What to call this user: a name, if there is one, else the number.</summary>
    public string NameOf(uint id) =>
        _users.Where(user => user.Id == id).Select(user => user.Name).FirstOrDefault() ?? $"{id}";

    // (uid_t)-1 is nobody's: system calls take it for "leave as it is".
    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && id != uint.MaxValue ? id : null;

    private static string[] Lines()
    {
        try
        {
            return System.IO.File.ReadAllLines(File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As in a container without the file: users go by number there.
            return [];
        }
    }
}
