package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.PeerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Voters change by themselves; after each step all of them run, and another leader can be elected (F9, F12). */
@Timeout(300)
class SeatsTest {
    @TempDir
    Path directory;

    /** One replica more fails; who is left elects and goes on. */
    private static void anotherCanLead(Nodes nodes, String entry) {
        Nodes.Node old = nodes.leader();
        nodes.kill(old.name);
        nodes.append(entry);
        nodes.start(old.name);
        nodes.awaitVoters(3);
    }

    @Test
    void aLoneNodeGrowsToThreeAndAnyOfThemMayLead() {
        try (Nodes nodes = Nodes.founded(directory, "a")) {
            nodes.append("one");
            nodes.start("b");
            nodes.start("c");
            nodes.awaitVoters(3);
            anotherCanLead(nodes, "two");
            nodes.awaitEverywhere(List.of("one", "two"));
        }
    }

    @Test
    void aDeadVoterIsReplacedAndTheLeaderMayLeave() throws Exception {
        try (Nodes nodes = new Nodes(directory, Nodes.CONFIG.withReplaceAfter(Duration.ofSeconds(2)), Nodes.RAFT)
                .found("a", "b", "c")) {
            nodes.append("one");
            nodes.start("d");
            nodes.kill(nodes.follower().name);
            nodes.awaitVoters(3);
            nodes.append("two");
            nodes.start("e");
            Nodes.Node leader = nodes.leader();
            leader.group.leave().toCompletableFuture().get(60, TimeUnit.SECONDS);
            nodes.kill(leader.name);
            nodes.awaitVoters(3);
            nodes.append("three");
            nodes.awaitEverywhere(List.of("one", "two", "three"));
        }
    }

    @Test
    void aWipedDiskComesBackAsANewPeerAndVotes() throws IOException {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            Nodes.Node wiped = nodes.follower();
            nodes.kill(wiped.name);
            delete(wiped.data);
            Nodes.Node again = nodes.start(wiped.name);
            nodes.awaitVoters(3);
            assertThat(again.peer().orElseThrow()).isNotEqualTo(new PeerId(again.id, 0));
            anotherCanLead(nodes, "two");
            nodes.awaitEverywhere(List.of("one", "two"));
        }
    }

    private static void delete(Path tree) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(tree)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
