using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>A setting of a run has a value that is not allowed, or that does not go with other settings.</summary>
public sealed class SettingException : ArgumentException
{
    internal SettingException(string setting, string complaint) : base($"--{setting} {complaint}")
        => (Setting, Complaint) = (setting, complaint);

    /// <summary>What the library said of a name that a setting has.</summary>
    internal SettingException(string setting, ArgumentException cause) : base(ConsoleProgram.MessageOf(cause), cause) => Setting = setting;

    /// <summary>The setting, as the command line calls it, without dashes: such as data-seed.</summary>
    public string Setting { get; }

    /// <summary>
    /// The message without the setting's name, so that it can be said of a sweep file's property; null where it does not begin with it.
    /// </summary>
    internal string? Complaint { get; }

    /// <summary>What is allowed, where a value as typed was not; else null.</summary>
    internal string? Allowed { get; init; }
}
