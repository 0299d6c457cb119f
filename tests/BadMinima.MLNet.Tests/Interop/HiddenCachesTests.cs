namespace BadMinima.MLNet.Tests.Interop;

[TestClass]
public sealed class HiddenCachesTests
{
    private const int Intel = 0x6c65746e, Amd = 0x444d4163, Extended = unchecked((int)0x80000000);

    [TestMethod]
    [DataRow(Intel, 0, 0x1f, 4, 0x121, false, DisplayName = "Intel with a data cache")]
    [DataRow(Intel, 0, 0x1f, 4, 0, true, DisplayName = "Intel with an empty list")]
    [DataRow(Intel, 0, 3, 4, 0, false, DisplayName = "Intel of before the list")]
    [DataRow(Amd, Extended, Extended + 0x28, Extended + 0x1D, 0x121, false, DisplayName = "AMD with a data cache")]
    [DataRow(Amd, Extended, Extended + 0x28, Extended + 0x1D, 0, true, DisplayName = "AMD with an empty list")]
    [DataRow(Amd, Extended, Extended + 0x1C, Extended + 0x1D, 0, true, DisplayName = "AMD of before the list")]
    public void Caches_are_hidden_where_the_processors_list_of_them_is_empty(int vendor, int first, int last, int list, int entry, bool hidden)
        => Assert.AreEqual(hidden, HiddenCaches.AreHidden(leaf => (
            leaf == first ? last : leaf == list ? entry : 0, 0, leaf == 0 ? vendor : 0, 0)));

    [TestMethod]
    [DataRow(false, "", "ONEDNN_MAX_CPU_ISA=AVX TORCH_CPP_LOG_LEVEL=ERROR")]
    [DataRow(false, "TORCH_CPP_LOG_LEVEL=INFO", "ONEDNN_MAX_CPU_ISA=AVX")]
    [DataRow(false, "ONEDNN_MAX_CPU_ISA=DEFAULT", "TORCH_CPP_LOG_LEVEL=ERROR")]
    [DataRow(false, "DNNL_MAX_CPU_ISA=AVX2", "TORCH_CPP_LOG_LEVEL=ERROR")]
    [DataRow(false, "ONEDNN_MAX_CPU_ISA=", "ONEDNN_MAX_CPU_ISA=AVX TORCH_CPP_LOG_LEVEL=ERROR")]
    [DataRow(true, "", "TORCH_CPP_LOG_LEVEL=ERROR")]
    [DataRow(true, "TORCH_CPP_LOG_LEVEL=INFO ONEDNN_MAX_CPU_ISA=AVX2", "")]
    public void What_the_user_has_set_is_kept(bool isMended, string user, string expected)
    {
        Dictionary<string, string> variables = user.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        Assert.AreEqual(expected, string.Join(
            ' ', HiddenCaches.Missing(name => variables.GetValueOrDefault(name), isMended).Select(v => $"{v.Name}={v.Value}")));
    }
}
