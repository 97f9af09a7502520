package io.holdfast.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.Retry;
import io.holdfast.core.security.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    enum Mode {
        READ_ONLY,
        READ_WRITE
    }

    record Everything(
            @Default("true") boolean on,
            @Default("7") int count,
            @Default("9000000000") long big,
            @Default("50%") double ratio,
            @Default("1m30s") Duration delay,
            @Default("64MiB") DataSize size,
            @Default("127.0.0.1:7946") Address bind,
            @Default("node-1") NodeId id,
            @Default("data") Path directory,
            @Default("read-only") Mode mode,
            @Default("a, b") List<String> tags,
            List<Duration> waits,
            Optional<Duration> maybe,
            Optional<Secret> password) {}

    record Limits(
            @Doc("Calls that run at once.") @Default("10") int maxConcurrent,
            @Doc("How long a call may take.") @Default("1s") Duration timeout) {
        Limits {
            Check.that(
                    timeout.compareTo(Duration.ofSeconds(maxConcurrent)) < 0,
                    "timeout (%s) must be shorter than maxConcurrent (%d) seconds; lower timeout",
                    timeout,
                    maxConcurrent);
        }
    }

    record Tls(Path key, @Default("true") boolean verify) {}

    record Node(
            @Doc("The name of this node.") NodeId id,
            @Doc("Bounds of calls.") Limits limits,
            @Doc("Bounds by policy.") Map<String, Limits> policies,
            Map<String, String> labels,
            Optional<Tls> tls) {}

    private static final Section<Node> NODE = Section.of("holdfast.node", Node.class);

    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("holdfast.yaml"), text);
    }

    private static Configuration.Builder program(String... keysAndValues) {
        var values = new java.util.LinkedHashMap<String, String>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Configuration.builder().settings(values);
    }

    private String failure(Configuration configuration) {
        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> configuration.bind(List.of(NODE)));
        assertThat(e).isNotNull();
        assertThat(e.retry()).isEqualTo(Retry.NEVER);
        return String.valueOf(e.getMessage()).replace(directory + "/", "");
    }

    @Test
    void valuesThatNobodySetsComeFromTheRecord() {
        Everything e = Configuration.builder().build().bind("holdfast.x", Everything.class);

        assertThat(e)
                .isEqualTo(new Everything(
                        true,
                        7,
                        9_000_000_000L,
                        0.5,
                        Duration.ofSeconds(90),
                        new DataSize(64 << 20),
                        Address.of("127.0.0.1", 7946),
                        NodeId.of("node-1"),
                        Path.of("data"),
                        Mode.READ_ONLY,
                        List.of("a", "b"),
                        List.of(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void everyTypeIsReadFromYaml() throws IOException {
        Path yaml = file("""
                holdfast:
                  x:
                    on: false
                    count: 8
                    big: 1
                    ratio: 0.25
                    delay: PT2S
                    size: 2 GiB
                    bind: "[::1]:0"
                    id: b
                    directory: /var/lib
                    mode: READ_WRITE
                    tags: [c, "d,e"]
                    waits: 1s, 300ms
                    maybe: 5us
                    password: hunter2
                """);

        Everything e = Configuration.builder().file(yaml).build().bind("holdfast.x", Everything.class);

        assertThat(e)
                .isEqualTo(new Everything(
                        false,
                        8,
                        1,
                        0.25,
                        Duration.ofSeconds(2),
                        new DataSize(2L << 30),
                        Address.of("::1", 0),
                        NodeId.of("b"),
                        Path.of("/var/lib"),
                        Mode.READ_WRITE,
                        List.of("c", "d,e"),
                        List.of(Duration.ofSeconds(1), Duration.ofMillis(300)),
                        Optional.of(Duration.ofNanos(5000)),
                        Optional.of(Secret.of("hunter2"))));
    }

    @Test
    void theStrongerSourceWins() throws IOException {
        Path yaml = file("holdfast: {node: {id: file}}");
        Properties properties = new Properties();
        properties.setProperty("holdfast.node.id", "property");
        var builder = Configuration.builder().defaults(Map.of("holdfast.node.id", "default"));
        assertThat(id(builder)).isEqualTo("default");
        assertThat(id(builder.file(yaml))).isEqualTo("file");
        assertThat(id(builder.environment(Map.of("HOLDFAST_NODE_ID", "variable"))))
                .isEqualTo("variable");
        assertThat(id(builder.systemProperties(properties))).isEqualTo("property");
        assertThat(id(builder.commandLine("serve", "--holdfast.node.id=argument", "--port=1")))
                .isEqualTo("argument");
        assertThat(id(builder.settings(Map.of("holdfast.node.id", "program")))).isEqualTo("program");
    }

    private static String id(Configuration.Builder builder) {
        return builder.build().bind(List.of(NODE)).get(NODE).id().value();
    }

    @Test
    void aLaterFileBeatsAnEarlierOne() throws IOException {
        Path base = file("holdfast.node.id: base");
        Path local = Files.writeString(directory.resolve("local.yaml"), "holdfast.node.id: local");

        assertThat(id(Configuration.builder().file(base).file(local))).isEqualTo("local");
    }

    @Test
    void keysAreComparedByLettersAndDigitsOnly() {
        var configuration = program("holdfast.node.id", "a", "HOLDFAST.Node.limits.maxConcurrent", "3");

        assertThat(configuration.build().bind(List.of(NODE)).get(NODE).limits().maxConcurrent())
                .isEqualTo(3);
    }

    @Test
    void mapsCollectTheirNamesFromAllSources() throws IOException {
        Path yaml = file("""
                holdfast.node:
                  id: a
                  policies:
                    catalog-search: {max-concurrent: 5}
                    "with.dot": {timeout: 2s}
                  labels: {zone: a}
                """);

        Node node = Configuration.builder()
                .file(yaml)
                .environment(Map.of(
                        "HOLDFAST_NODE_POLICIES_CATALOG_SEARCH_TIMEOUT", "3s",
                        "HOLDFAST_NODE_POLICIES_PLAYBACK_MAX_CONCURRENT", "6",
                        "HOLDFAST_NODE_LABELS_RACK", "r1"))
                .build()
                .bind(List.of(NODE))
                .get(NODE);

        assertThat(node.policies())
                .containsOnly(
                        Map.entry("catalog-search", new Limits(5, Duration.ofSeconds(3))),
                        Map.entry("with.dot", new Limits(10, Duration.ofSeconds(2))),
                        Map.entry("playback", new Limits(6, Duration.ofSeconds(1))));
        assertThat(node.labels()).containsOnly(Map.entry("zone", "a"), Map.entry("rack", "r1"));
    }

    @Test
    void anOptionalRecordIsThereAsSoonAsOneOfItsKeysIs() {
        assertThat(program("holdfast.node.id", "a")
                        .build()
                        .bind(List.of(NODE))
                        .get(NODE)
                        .tls())
                .isEmpty();
        assertThat(program("holdfast.node.id", "a")
                        .environment(Map.of("HOLDFAST_NODE_TLS_KEY", "k.pem"))
                        .build()
                        .bind(List.of(NODE))
                        .get(NODE)
                        .tls())
                .contains(new Tls(Path.of("k.pem"), true));
    }

    @Test
    void anArgumentWithoutItsValueIsAnErrorAlsoWhereTheKeyIsOptional() {
        assertThat(failure(program("holdfast.node.id", "a")
                        .commandLine("--holdfast.node.zone", "a", "--holdfast.node.tls.key", "k.pem")
                        .build()))
                .contains(
                        "argument --holdfast.node.tls.key: holdfast.node.tls.key has no value; write --holdfast.node.tls.key=value, without a blank");
    }

    @Test
    void everyProblemIsReportedAtOnceWithPlaceValueRuleAndRemedy() throws IOException {
        Path yaml = file("""
                holdfast:
                  node:
                    limits:
                      max-concurrent: many
                      timeout: 5
                    policies:
                      catalog:
                        max-concurrent: 2
                        timeout: 1m
                      search: {time-out: 1s, timeuot: 2s}
                    tls: {verify: maybe}
                  nod:
                    id: a
                """);

        assertThat(failure(Configuration.builder()
                        .file(yaml)
                        .environment(Map.of("HOLDFAST_NODE_POLICIES_CATALOG_TIMEOUT", "90s"))
                        .commandLine("--holdfast.node.limits")
                        .build()))
                .isEqualTo("""
                        the configuration has 9 problems:
                          missing: holdfast.node.id has no value and no default; set it in the file, as HOLDFAST_NODE_ID or with --holdfast.node.id=...
                          holdfast.yaml:4: holdfast.node.limits.max-concurrent (many) must be a whole number, written in digits
                          holdfast.yaml:5: holdfast.node.limits.timeout (5) has no unit; write for instance 5ms or 5s
                          environment variable HOLDFAST_NODE_POLICIES_CATALOG_TIMEOUT, holdfast.yaml:8: holdfast.node.policies.catalog: timeout (1m30s) must be shorter than maxConcurrent (2) seconds; lower timeout
                          missing: holdfast.node.tls.key has no value and no default; set it in the file, as HOLDFAST_NODE_TLS_KEY or with --holdfast.node.tls.key=...
                          holdfast.yaml:11: holdfast.node.tls.verify (maybe) must be true or false
                          argument --holdfast.node.limits: holdfast.node.limits holds further keys and takes no value of its own; write them beneath it
                          holdfast.yaml:10: holdfast.node.policies.search.timeuot is not a known key; did you mean holdfast.node.policies.search.timeout
                          holdfast.yaml:13: holdfast.nod.id is not a known key; did you mean holdfast.node.id""");
    }

    @Test
    void aSectionInTheWrongSpellingIsPutRightAndTheNamesOfTheUserBehindItStay() {
        assertThat(failure(program("holdfast.node.id", "a", "holdfast.node.polices.search.timeout", "1s")
                        .build()))
                .contains("holdfast.node.polices.search.timeout is not a known key;"
                        + " did you mean holdfast.node.policies.search.timeout");
    }

    @Test
    void aKeyInTheWrongSpellingIsAnErrorThatNamesTheNearest() {
        assertThat(failure(
                        program("holdfast.node.id", "a", "holdfast.timeout", "x", "holdfast.qqqqqqqqqqqqqqqqqqqq", "x")
                                .environment(Map.of("HOLDFAST_NODE_LIMITS_TIMEUOT", "1s"))
                                .build()))
                .isEqualTo("""
                        the configuration has 3 problems:
                          setting of the program holdfast.timeout: holdfast.timeout is not a known key; did you mean holdfast.node.limits.timeout
                          setting of the program holdfast.qqqqqqqqqqqqqqqqqqqq: holdfast.qqqqqqqqqqqqqqqqqqqq is not a known key; remove it or look it up in docs/configuration.md
                          environment variable HOLDFAST_NODE_LIMITS_TIMEUOT: holdfast.node.limits.timeuot is not a known key; did you mean holdfast.node.limits.timeout""");
    }

    @Test
    void aMistypedRootDoesNotDropTheFileInSilence() throws IOException {
        assertThat(failure(program("holdfast.node.id", "a")
                        .file(file("holdfsat: {node: {labels: {a: b}}}\nother: {a: b}"))
                        .build()))
                .contains("1 problem", "holdfast.yaml:1: holdfsat.node.labels.a is not a known key");
    }

    @Test
    void variablesThatKubernetesMakesForAServiceAreLeftAlone() {
        assertThat(id(program("holdfast.node.id", "a")
                        .environment(Map.of(
                                "HOLDFAST_SERVICE_HOST", "10.0.0.1",
                                "HOLDFAST_PORT", "tcp://10.0.0.1:7946",
                                "HOLDFAST_PORT_7946_TCP_ADDR", "10.0.0.1",
                                "_", "/usr/bin/java"))))
                .isEqualTo("a");
    }

    @Test
    void aSettingTwiceInOneSourceIsRefused() throws IOException {
        assertThat(failure(program().file(file("""
                                holdfast:
                                  node:
                                    id: a
                                    id: b
                                    limits: {maxConcurrent: 4}
                                    Limits: {max-concurrent: 5}
                                """)).build())).isEqualTo("""
                        the configuration has 2 problems:
                          holdfast.yaml:4: holdfast.node.id is set twice, first in line 3; remove one
                          holdfast.yaml:6: holdfast.node.limits.max-concurrent is set twice, also at holdfast.yaml:5; remove one""");
    }

    @Test
    void secretsAreNeverPrinted() throws IOException {
        record Login(Secret password, @Default("1") int tries) {
            Login {
                Check.that(tries > 1, "tries must be more for %s", password.reveal());
            }
        }
        var section = Section.of("holdfast.login", Login.class);
        Path yaml = file("holdfast.login: {password: hunter2, pasword: hunter3, tries: 1}");

        assertThatThrownBy(() -> Configuration.builder()
                        .file(yaml)
                        .commandLine("--holdfast.login.password=hunter4")
                        .build()
                        .bind(List.of(section)))
                .message()
                .doesNotContain("hunter")
                .contains("arguments are visible to every user of the machine; set HOLDFAST_LOGIN_PASSWORD");
        assertThatThrownBy(() -> Configuration.builder().file(yaml).build().bind("holdfast.login", Login.class))
                .message()
                .contains("tries must be more for ******")
                .doesNotContain("hunter");
        var bound = program("holdfast.login.password", "hunter2", "holdfast.login.tries", "2")
                .build()
                .bind(List.of(section));
        assertThat(bound.explain("holdfast.login.password"))
                .hasToString("holdfast.login.password = ****** (setting of the program holdfast.login.password)");
        assertThat(bound.get(section).toString()).doesNotContain("hunter");
    }

    @Test
    void anEmptySecretInAListDoesNotSpoilTheMessages() throws IOException {
        record Tokens(List<Secret> tokens, @Default("1") int tries) {
            Tokens {
                Check.that(tries > 1, "tries must be more than 1");
            }
        }
        Path yaml = file("holdfast.login: {tokens: ['', hunter2], tries: 1}");

        assertThatThrownBy(() -> Configuration.builder().file(yaml).build().bind("holdfast.login", Tokens.class))
                .message()
                .contains("tries must be more than 1");
    }

    @Test
    void aBrokenFileNeverShowsItsValues() throws IOException {
        for (String text :
                List.of("p: *hunter2", "p: !hunter2 x", "p: \"hunter2", "p: @hunter2", "p: [hunter2", "hunter2")) {
            assertThat(failure(program("holdfast.node.id", "a").file(file(text)).build()))
                    .as(text)
                    .contains("holdfast.yaml:")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void aHostileFileIsRefusedAndNotExpanded() throws IOException {
        String deep = "a: " + "[".repeat(100_000);
        String laughs = "a: &a {x: 1, y: 2, z: 3}\n"
                + "b: &b {p: *a, q: *a, r: *a, s: *a, t: *a}\nc: &c {p: *b, q: *b, r: *b, s: *b, t: *b}\n"
                + "d: &d {p: *c, q: *c, r: *c, s: *c, t: *c}\ne: &e {p: *d, q: *d, r: *d, s: *d, t: *d}\n"
                + "f: &f {p: *e, q: *e, r: *e, s: *e, t: *e}\ng: &g {p: *f, q: *f, r: *f, s: *f, t: *f}\n";
        String cycle = "a: &a {b: *a}";
        String aliases = "a: &a 1\n" + "b: [*a" + ", *a".repeat(60) + "]";
        String large = "#".repeat(2 << 20);

        assertThat(failure(program("holdfast.node.id", "a").file(file(deep)).build()))
                .contains("nested deeper than 32 levels");
        assertThat(failure(program("holdfast.node.id", "a").file(file(laughs)).build()))
                .contains("more than 10000 values");
        assertThat(failure(program("holdfast.node.id", "a").file(file(cycle)).build()))
                .contains("contains itself");
        assertThat(failure(program("holdfast.node.id", "a").file(file(aliases)).build()))
                .contains("more than 50 aliases");
        assertThat(failure(program("holdfast.node.id", "a").file(file(large)).build()))
                .contains("at most 1048576 are read");
    }

    @Test
    void aMissingFileIsAProblemLikeAnyOther() {
        assertThat(failure(Configuration.builder()
                        .file(directory.resolve("no.yaml"))
                        .build()))
                .contains("2 problems", "no.yaml: the file does not exist; create it or correct its name");
    }

    @Test
    void explainNamesTheWinnerItsSourceAndWhatItBeat() throws IOException {
        var bound = program("holdfast.node.id", "a")
                .file(file("holdfast.node.limits.timeout: 2s"))
                .environment(Map.of("HOLDFAST_NODE_LIMITS_TIMEOUT", "3s"))
                .commandLine("--holdfast.node.limits.timeout=4s")
                .build()
                .bind(List.of(NODE));

        assertThat(bound.explain("holdfast.node.limits.timeout").toString().replace(directory + "/", ""))
                .isEqualTo("""
                        holdfast.node.limits.timeout = 4s (argument --holdfast.node.limits.timeout)
                          beats 3s (environment variable HOLDFAST_NODE_LIMITS_TIMEOUT)
                          beats 2s (holdfast.yaml:1)
                          beats 1s (default)""");
        assertThatThrownBy(() -> bound.explain("holdfast.node.limit.timeout"))
                .hasMessage(
                        "holdfast.node.limit.timeout is not a known key; did you mean holdfast.node.limits.timeout");
    }

    @Test
    void aValueWhereKeysBelongIsRefused() throws IOException {
        assertThat(failure(program("holdfast.node.id", "a", "holdfast.node.limits", "5")
                        .build()))
                .contains("holdfast.node.limits holds further keys and takes no value of its own");
        assertThat(failure(
                        program().file(file("holdfast.node: {id: , labels: }")).build()))
                .contains("1 problem:", "holdfast.node.id has no value; write one or remove the key");
    }

    @Test
    void aRecordThatCannotBeBoundIsAMistakeOfTheProgrammer() {
        record Wrong(Thread thread) {}
        record WrongDefault(@Default("soon") Duration delay) {}

        assertThatThrownBy(() -> Configuration.builder().build().bind("holdfast.x", Wrong.class))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("Wrong.thread has type java.lang.Thread, which no text can be read into");
        assertThatThrownBy(() -> Configuration.builder().build().bind("holdfast.x", WrongDefault.class))
                .isInstanceOf(InvalidContractException.class)
                .hasMessage(
                        "@Default(\"soon\") of WrongDefault.delay must be a duration such as 300ms, 5s, 1m30s or PT5S");
    }

    @Test
    void theReferenceListsEveryKeyWithTypeDefaultAndEffect() {
        assertThat(ConfigurationReference.markdown(List.of(NODE))).isEqualTo("""
                        ## holdfast.node

                        | key | type | default | what it does |
                        |---|---|---|---|
                        | `holdfast.node.id` | node id | required | The name of this node. |
                        | `holdfast.node.limits` | block |  | Bounds of calls. |
                        | `holdfast.node.limits.max-concurrent` | whole number | `10` | Calls that run at once. |
                        | `holdfast.node.limits.timeout` | duration | `1s` | How long a call may take. |
                        | `holdfast.node.policies.<name>` | block | absent | Bounds by policy. |
                        | `holdfast.node.policies.<name>.max-concurrent` | whole number | `10` | Calls that run at once. |
                        | `holdfast.node.policies.<name>.timeout` | duration | `1s` | How long a call may take. |
                        | `holdfast.node.labels.<name>` | text | none |  |
                        | `holdfast.node.tls.key` | path | required |  |
                        | `holdfast.node.tls.verify` | true or false | `true` |  |
                        """);
    }

    record Jobs(Map<String, Duration> jobs) {}

    @Test
    void aSectionOfNamesIsCalledByTheKeyAboveThemInTheReference() {
        assertThat(ConfigurationReference.markdown(List.of(Section.of("holdfast", Jobs.class))))
                .startsWith("## holdfast.jobs\n");
    }

    record Bounds(@Default("3") int most) {}

    record Switch(@Default("false") boolean on) {}

    @Test
    void twoRecordsOfOnePrefixShareAHeadingInTheReferenceAndAreBoundEachByItself() {
        Section<Switch> first = Section.of("holdfast.x", Switch.class);
        Section<Bounds> second = Section.of("holdfast.x", Bounds.class);
        assertThat(ConfigurationReference.markdown(List.of(first, second)))
                .containsOnlyOnce("## holdfast.x\n")
                .contains("`holdfast.x.on`", "`holdfast.x.most`");
        BoundConfiguration bound =
                program("holdfast.x.on", "true", "holdfast.x.most", "5").build().bind(List.of(first, second));
        assertThat(bound.get(first).on()).isTrue();
        assertThat(bound.get(second).most()).isEqualTo(5);
    }
}
