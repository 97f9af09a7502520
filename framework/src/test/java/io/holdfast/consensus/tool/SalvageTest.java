package io.holdfast.consensus.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.NodeBuilder;
import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.backup.BackupManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes have run; their disks are here, and none of them runs any more. */
class SalvageTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern NAME = Pattern.compile("type (default@\\d+) to write");
    private static final VoterProbe NOBODY = address -> new VoterProbe.Silent();

    @TempDir
    static Path folder;

    @TempDir
    Path own;

    private static String whileItRan = "";

    private static NodeBuilder node(String id) {
        return Holdfast.node(id)
                .consensus(true)
                .dataDir(folder.resolve(id))
                .set("holdfast.consensus.raft.election-timeout-min", "3s")
                .set("holdfast.consensus.raft.election-timeout-max", "5s");
    }

    @BeforeAll
    static void threeNodesRun() {
        List<HoldfastNode> nodes = new ArrayList<>();
        nodes.add(node("n0").expect(3).start());
        for (String id : List.of("n1", "n2")) {
            nodes.add(
                    node(id).expect(3).seeds(nodes.get(0).address().toString()).start());
        }
        nodes.forEach(node -> node.awaitReady(LIMIT));
        nodes.forEach(node -> await().atMost(LIMIT).until(node::ready));
        nodes.get(0).map("m", String.class, String.class).put("k", "v");
        nodes.get(1).counter("c").add(5);
        nodes.forEach(node -> await().atMost(LIMIT).until(() -> voters(node) == 3));
        nodes.forEach(node -> assertThat(node.counter("c").get()).isEqualTo(5));
        whileItRan = new Run(NOBODY, "").salvage("n2").text;
        nodes.forEach(HoldfastNode::abandon);
    }

    @AfterAll
    static void forget() {
        whileItRan = "";
    }

    private static long voters(HoldfastNode node) throws IOException, InterruptedException {
        String page = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(node.admin().resolve("/admin/consensus"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return page.substring(page.indexOf("voters"))
                .chars()
                .filter(c -> c == '#')
                .count();
    }

    /** One run of the tool and what it said. */
    private static final class Run {
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();
        private final BackupTool tool;
        private int status;
        private String text = "";

        Run(VoterProbe voters, String typed) {
            tool = new BackupTool(
                    new PrintStream(said, true, StandardCharsets.UTF_8),
                    new StringReader(typed + "\n"),
                    voters,
                    () -> Instant.EPOCH);
        }

        Run salvage(String... more) {
            List<String> args = new ArrayList<>(List.of("salvage"));
            for (String node : more) {
                if (node.startsWith("-")) {
                    args.addAll(List.of(node.split(" ", 2)));
                } else {
                    args.addAll(List.of("--data", node + "=" + folder.resolve(node)));
                }
            }
            return run(args);
        }

        Run run(List<String> args) {
            List<String> all = new ArrayList<>(args);
            if (!all.contains("--out")) {
                all.addAll(List.of("--out", folder.resolve("never").toString()));
            }
            status = tool.run(all);
            text = said.toString(StandardCharsets.UTF_8);
            return this;
        }
    }

    private static final String N0 = "--voter n0=127.0.0.1:1";
    private static final String N1 = "--voter n1=127.0.0.1:2";

    private static void refused(Run run, String... why) {
        assertThat(run.text).contains(why);
        assertThat(run.status).isEqualTo(1);
        assertThat(folder.resolve("never")).doesNotExist();
    }

    @Test
    void aNodeThatRunsIsNotSalvaged() {
        assertThat(whileItRan).contains("refused: ", "is open in process");
    }

    @Test
    void whileAMajorityAnswersItRefuses() {
        refused(
                new Run(address -> address.port() == 2 ? new VoterProbe.There() : new VoterProbe.Silent(), "")
                        .salvage("n2", N0, N1),
                "voter n0#0: does not answer at 127.0.0.1:1",
                "voter n1#0: answers at 127.0.0.1:2",
                "a majority of the voters is there",
                "start these nodes");
    }

    @Test
    void directoriesOfAMajorityCountAsAMajority() {
        refused(new Run(NOBODY, "").salvage("n1", "n2", N0), "a majority of the voters is there");
    }

    @Test
    void aVoterThatCannotBeAskedIsNotTakenForLost() {
        refused(new Run(NOBODY, "").salvage("n2", N0), "where the voters [n1] listened", "--voter n1=HOST:PORT");
    }

    @Test
    void aVoterWhoseAddressLeadsNowhereIsNotTakenForLost() {
        refused(
                new Run(address -> new VoterProbe.NotAsked("the name is unknown"), "").salvage("n2", N0, N1),
                "n0#0 at 127.0.0.1:1 could not be asked whether it is there: the name is unknown");
    }

    @Test
    void aFileThatIsThereIsSeenBeforeAnythingIsAsked() throws IOException {
        Path mine = Files.writeString(own.resolve("mine"), "mine");
        Run run = new Run(NOBODY, "").salvage("n2", N0, N1, "--out " + mine);
        assertThat(run.text).contains("never written over another file").doesNotContain("voter n0");
        assertThat(run.status).isEqualTo(1);
    }

    @Test
    void nothingIsDoneUntilTheNewIncarnationIsTyped() {
        refused(new Run(NOBODY, "yes").salvage("n2", N0, N1), "What may be lost", "was not typed");
    }

    @Test
    void aDirectoryThatHoldsNothingIsRefused() {
        refused(
                new Run(NOBODY, "").run(List.of("salvage", "--data", "n2=" + own, "--voter", "n0=127.0.0.1:1")),
                "holds no replica of group default");
    }

    @Test
    void whatTheSurvivorHeldIsInTheClusterThatBeginsWithIt() throws IOException {
        Matcher name = NAME.matcher(new Run(NOBODY, "").salvage("n2", N0, N1).text);
        assertThat(name.find()).isTrue();
        Path file = own.resolve("salvaged");
        Run run = new Run(NOBODY, name.group(1)).salvage("n2", N0, N1, "--out " + file);
        assertThat(run.text).contains("holdfast.consensus.restore-from=" + file);
        assertThat(run.status).isZero();
        assertThat(Backup.verify(file).manifest().origin()).isEqualTo(BackupManifest.Origin.SALVAGED);

        try (HoldfastNode fresh = node("fresh")
                .set("holdfast.consensus.restore-from", file.toString())
                .start()
                .awaitReady(LIMIT)) {
            await().atMost(LIMIT).until(fresh::ready);
            assertThat(fresh.map("m", String.class, String.class).get("k")).contains("v");
            assertThat(fresh.counter("c").add(1)).isEqualTo(6);
        }
    }

    @Test
    void verifySaysWhatIsInAFileAndWhatIsWrongWithIt() throws IOException {
        Path file = Files.writeString(own.resolve("b"), "no backup");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        BackupTool tool = new BackupTool(
                new PrintStream(said, true, StandardCharsets.UTF_8), new StringReader(""), NOBODY, () -> Instant.EPOCH);
        assertThat(tool.run(List.of("verify", file.toString()))).isEqualTo(1);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("does not begin with HOLDBACK");
        assertThat(tool.run(List.of("help"))).isEqualTo(2);
    }
}
