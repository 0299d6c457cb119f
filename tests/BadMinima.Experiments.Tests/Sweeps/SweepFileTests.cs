namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class SweepFileTests
{
    private const string Sets = "that is no folder, nor one of cifar-10, cifar-100, cinic-10, mnist, fashion-mnist, imagenette, restricted-imagenet, synthetic, synthetic-color, points.";

    // One mistake each: the file, the line of the mistake, and what is said of it (from the beginning).
    private static readonly (string File, int Line, string Message)[] Mistakes =
    [
        ("{\n \"seeds\": 2,,\n}", 2, "no JSON: Invalid property identifier character: ,."),
        ("{\n \"seeds\": 2", 2, "no JSON: Unexpected end of content"),
        ("", 1, "no JSON: "),
        ("[]", 1, "no sweep: the file is a list; allowed is an object, { ... }."),
        ("5", 1, "no sweep: the file is one value; allowed is an object, { ... }."),
        ("{\n \"seeds\": 1\n}\n{}", 4, "no JSON: Additional text encountered after finished reading JSON content: {."),
        ("{\n \"seeds\": 1,\n \"seeds\": 2\n}", 3, "no JSON: Property with the name 'seeds' already exists"),
        ("{\n \"seed\": 2\n}", 2, "\"seed\" is not known here; known are $schema, name, description, boundary, exitTimes, heavyTails, spikes, gossip, localMinima, onePoint, recurrent, warmStart, zoo, grids, data, architectures,"),
        ("{\n \"training\": {\n \"learning-rate\": 1 }\n}", 3, "\"learning-rate\" is not known here; known are epochs, batchSize, learningRate,"),
        ("{\n \"seeds\": \"two\"\n}", 2, "\"seeds\" is \"two\"; allowed is a list or a whole number, from 1 on."),
        ("{\n \"seeds\": 0\n}", 2, "\"seeds\" is 0; allowed is a list or a whole number, from 1 on."),
        ("{\n \"seeds\": []\n}", 2, "\"seeds\" is an empty list; leave it out for its default, or name at least one."),
        ("{\n \"seeds\": [1,\n \"a\"]\n}", 3, "\"seeds[1]\" is \"a\"; allowed is a whole number."),
        ("{\n \"seeds\": 5000000000\n}", 2, "\"seeds\" is 5000000000; allowed are whole numbers of at most 2147483647."),
        ("{\n \"seeds\": [1,\n 99999999999999999999999]\n}", 3, "\"seeds[1]\" is 99999999999999999999999; allowed are whole numbers of at most"),
        ("{\n \"data\": null\n}", 2, "\"data\" is null; allowed is a list or an object or a string."),
        ("{\n \"data\": \"nowhere\"\n}", 2, "\"data\" is nowhere; " + Sets),
        ("{\n \"data\": [\"synthetic\",\n \"nowhere\"]\n}", 3, "\"data\" is nowhere; " + Sets),
        ("{\n \"data\": [\"synthetic\",\n {\"name\":\n \"nowhere\"}]\n}", 3, "\"data\" is nowhere; " + Sets),
        ("{\n \"data\": { \"name\": \"synthetic\",\n \"train\": 0 }\n}", 3, "\"train\" is 0; allowed is a whole number from 2 on."),
        ("{\n \"data\": { \"name\": \"synthetic\",\n \"images\": 5 }\n}", 3, "\"images\" is not known here; known are name, train, draw, test, size, seed."),
        ("{\n \"data\": \"points\",\n \"architectures\": \"cnn\"\n}", 3, "\"architecture\" is cnn; allowed for points is one that takes feature vectors: "),
        ("{\n \"architectures\": [\"cnn\",\n \"cnnn\"]\n}", 3, "There is no architecture 'cnnn'. Known are: airbench94, all-cnn-c, cnn, "),
        ("{\n \"protocol\": \"papr\"\n}", 2, "There is no protocol 'papr'. Known are: paper, quick, paper2d, airbench."),
        ("{\n \"device\": \"gpu\"\n}", 2, "Option Device is gpu; allowed is cpu, cuda, "),
        ("{\n \"precision\": \"f16\"\n}", 2, "\"precision\" is f16; allowed is f32, tf32, bf16."),
        ("{\n \"initialization\": 5\n}", 2, "\"initialization\" is 5; allowed is a string."),
        ("{\n \"recipes\": []\n}", 2, "\"recipes\" is an empty list; leave it out for its default, or name at least one."),
        ("{\n \"recipes\": [\"none\",\n \"momentum+l3\"]\n}", 3, "'momentum+l3' is no set of regularizers. Allowed are none"),
        ("{\n \"recipes\": { \"regularizers\": \"none\",\n \"name\": \"\" }\n}", 3, "\"name\" is empty; leave it out for its default."),
        ("{\n \"recipes\": { \"name\": \"x\",\n \"regularizers\": [\"none\"] }\n}", 3, "\"regularizers\" is a list; allowed is a string."),
        ("{\n \"recipes\": [\n { \"regularizers\": \"none\",\n \"momentum\": 1.5 } ]\n}", 4, "\"momentum\" is 1.5; allowed is at least 0 and less than 1."),
        ("{\n \"training\": 5\n}", 2, "\"training\" is 5; allowed is an object."),
        ("{\n \"training\": {\n \"epochs\": 2.5 }\n}", 3, "\"epochs\" is 2.5; allowed is a whole number."),
        ("{\n \"training\": {\n \"learningRate\": -1 }\n}", 3, "\"learningRate\" is -1; allowed is more than 0."),
        ("{\n \"training\": {\n \"learningRate\": [0.1,\n -1] }\n}", 4, "\"learningRate\" is -1; allowed is more than 0."),
        ("{\n \"training\": {\n \"learningRate\": [0.1,\n \"x\"] }\n}", 4, "\"training.learningRate[1]\" is \"x\"; allowed is a number."),
        ("{\n \"training\": {\n \"batchSize\": 0 },\n \"recipes\": [\"none\", \"all\"]\n}", 3, "\"batchSize\" is 0; allowed is at least 1."),
        ("{\n \"training\": {\n \"stopAt\": \"of\" }\n}", 3, "\"stopAt\" is of; allowed is a number, or off."),
        ("{\n \"training\": {\n \"period\": 4 }\n}", 3, "\"period\" is given, but that phase's average is off, without which it changes nothing; "),
        ("{\n \"training\": {\n \"average\": \"local\" }\n}", 3, "\"average\" is local, and workers is not given; allowed is average with workers: "),
        ("{\n \"randomLabels\": { \"epochs\": 3,\n \"period\": 4 },\n \"training\": {\n \"average\": \"local\", \"workers\": 2, \"period\": 3 }\n}", 3, "\"period\" is given, but that phase's average is off, "),
        ("{\n \"training\": {\n \"stopAt\": 2 }\n}", 3, "\"stopAt\" is 2; allowed is "),
        ("{\n \"training\": {\n \"crop\": -2 }\n}", 3, "\"crop\" is -2; allowed is 0 or more."),
        ("{\n \"training\": {\n \"flip\": \"true\" }\n}", 3, "\"flip\" is \"true\"; allowed is a list or true or false."),
        ("{\n \"training\": {\n \"schedule\": \"step:0.1@5,3\" }\n}", 3, "\"schedule\" is step:0.1@5,3; allowed is constant, linear, "),
        ("{\n \"training\": {\n \"momentum\": [[0.1]] }\n}", 3, "\"training.momentum[0]\" is a list; allowed is a number."),
        ("{\n \"randomLabels\": {\n \"learningRate\": 0 }\n}", 3, "\"learningRate\" is 0; allowed is more than 0."),
        ("{\n \"starts\": \"adverse\"\n}", 2, "\"starts\" is \"adverse\"; allowed is a list or an object or random or adversarial."),
        ("{\n \"starts\": [\"random\",\n \"adverse\"]\n}", 3, "\"starts[1]\" is \"adverse\"; allowed is an object or random or adversarial."),
        ("{\n \"starts\": {}\n}", 2, "\"starts\" is empty; allowed is one with \"adversarial\"."),
        ("{\n \"starts\": [\n {\"random\": {}}]\n}", 3, "\"random\" is not known here; known are adversarial."),
        ("{\n \"starts\": [{ \"adversarial\": {\n \"replicas\": 0 } }]\n}", 3, "\"replicas\" is 0; allowed is at least 1."),
        ("{\n \"starts\": [{ \"adversarial\": {\n \"zeroOut\": [0.1,\n 2] } }]\n}", 4, "\"zeroOut\" is 2; allowed is 0 to 1."),
        ("{\n \"boundary\": 0\n}", 2, "\"boundary\" is 0; allowed is a list or a whole number, from 1 on."),
        ("{\n \"name\": \"\"\n}", 2, "\"name\" is empty; leave it out for its default."),
        ("{\n \"grids\": []\n}", 2, "\"grids\" is an empty list; "),
        ("{\n \"grids\": {}\n}", 2, "\"grids\" is an object; allowed is a list."),
        ("{\n \"grids\": [\n { \"boundary\": 1 } ]\n}", 3, "\"boundary\" is not known here; known are data, "),
        ("{\n \"grids\": [\n { \"data\": \"points\" },\n { \"training\": {\n \"epochs\": -3 } } ]\n}", 5, "\"epochs\" is -3; allowed is at least 1."),
        ("{\n \"training\": {\n \"epochs\": -3 },\n \"grids\": [ { \"data\": \"points\" }, { \"protocol\": \"paper\" } ]\n}", 3, "\"epochs\" is -3; allowed is at least 1."),
    ];

    [TestMethod]
    public void A_mistake_is_told_once_with_its_line_with_what_was_given_and_what_is_allowed()
    {
        List<string> wrong = [];
        foreach ((string file, int line, string message) in Mistakes)
        {
            string error = Sweeping.ErrorOf(file);
            if (!error.StartsWith($"s.json({line}): {message}", StringComparison.Ordinal) || error.Contains('\n', StringComparison.Ordinal) || error.Contains("Parameter", StringComparison.Ordinal))
            {
                wrong.Add($"{file}\n-> {error}\nnot ({line}): {message}");
            }
        }

        Assert.IsEmpty(wrong, string.Join("\n\n", wrong));
    }

    [TestMethod]
    public void All_mistakes_are_told_at_once_in_their_order_the_first_ten_of_many()
    {
        string[] two = Sweeping.ErrorOf("{\n \"training\": { \"learningRate\": [0.1,\n -1], \"flip\": false,\n \"crop\": -4 }\n}").Split('\n');
        CollectionAssert.AreEqual(new[] { "s.json(3): \"learningRate\" is -1; allowed is more than 0.", "s.json(4): \"crop\" is -4; allowed is 0 or more." }, two.Order().ToArray());
        string[] many = Sweeping.ErrorOf("{\n" + string.Join(",\n", Enumerable.Range(1, 14).Select(i => $"\"key{i}\": {i}")) + "\n}").Split('\n');
        CollectionAssert.AreEqual(Enumerable.Range(2, 10).ToArray(), many[..^1].Select(m => int.Parse(m[7..m.IndexOf(')')])).ToArray());
        Assert.AreEqual("... and 4 more.", many[^1]);
    }

    [TestMethod]
    public void The_command_says_it_before_anything_is_made()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("s.json"), "{\n \"seeds\": 0\n}");
        Result result = Command.Run("sweep", folder.File("s.json"), "--out", folder.File("out"));
        Assert.AreEqual((2, $"error: {folder.File("s.json")}(2): \"seeds\" is 0; allowed is a list or a whole number, from 1 on.\n", ""), (result.Code, result.Error, result.Output));
        Assert.IsFalse(Directory.Exists(folder.File("out")));
        Assert.AreEqual("error: FILE is missing: the sweep file.\n", Command.Run("sweep").Error);
        Assert.StartsWith("error: Could not find file", Command.Run("sweep", folder.File("none.json")).Error);
        Assert.AreEqual("error: --parallel is 0; allowed is a whole number from 1 on.\n", In(folder, "{ \"seeds\": 1 }", "--parallel", "0").Error);
    }

    [TestMethod]
    public void The_folder_is_named_after_the_sweep()
    {
        foreach ((string name, string expected) in new[] { ("rate", "rate"), ("CIFAR-10: a/b", "CIFAR-10- a-b"), ("../..", "-"), (" . ", "sweep") })
        {
            Assert.AreEqual(expected, SweepFolder.NameOf(name));
        }

        Assert.AreEqual("nightly", Sweeping.Read("{}", "/tmp/nightly.json").Name);
    }

    private static Result In(TemporaryFolder folder, string text, params string[] arguments)
    {
        File.WriteAllText(folder.File("t.json"), text);
        return Command.Run(["sweep", folder.File("t.json"), "--out", folder.File("out"), .. arguments]);
    }
}
