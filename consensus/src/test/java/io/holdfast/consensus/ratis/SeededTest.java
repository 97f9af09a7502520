package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups that begin with a state from elsewhere. */
@Timeout(300)
class SeededTest {
    @TempDir
    Path directory;

    private static void seed(Group.Member member, String... entries) {
        member.state = new Counting();
        for (String entry : entries) {
            member.state.apply(0, Group.bytes(entry));
        }
        member.peer = new PeerId(member.node, 0);
        member.replica = member.engine.open(GroupId.of("g"), member.peer, new Opening.Seeded(), member.state);
    }

    private static PeerId peer(String name, long incarnation) {
        return new PeerId(NodeId.of(name), incarnation);
    }

    private static void change(Group group, List<PeerId> from, List<PeerId> to) {
        group.onLeader("a change of voters", leader -> {
            if (!Set.copyOf(leader.replica.status().voters().current()).equals(Set.copyOf(to))) {
                leader.replica
                        .changeVoters(from, to, Group.LIMIT)
                        .toCompletableFuture()
                        .orTimeout(90, TimeUnit.SECONDS)
                        .join();
            }
            return to;
        });
    }

    @Test
    void whoJoinsGetsTheSeedAndARestartKeepsIt() {
        try (Group group = new Group(directory, Group.steady())) {
            seed(group.member("a"), "s1", "s2");
            assertThat(group.appendAnywhere("e1")).isEqualTo("3");
            group.join("b", 5);
            change(group, List.of(peer("a", 0)), List.of(peer("a", 0), peer("b", 5)));
            group.join("c", 6);
            change(group, List.of(peer("a", 0), peer("b", 5)), List.of(peer("a", 0), peer("b", 5), peer("c", 6)));
            group.everybodyHas(List.of("s1", "s2", "e1"));
            group.stop("a");
            group.appendAnywhere("e2");
            group.reopen("a", 0);
            group.everybodyHas(List.of("s1", "s2", "e1", "e2"));
        }
    }

    /** The crash came before the snapshot was in its place: nothing was ever applied on it. */
    @Test
    void anAttemptThatEndedInTheMiddleIsGoneOnWithAndAFinishedOneIsNotRepeated() throws IOException {
        try (Group group = new Group(directory, Group.steady())) {
            seed(group.member("a"), "s1");
            group.stop("a");
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.filter(SnapshotFile::isNamedSo).toList()) {
                    Files.delete(file);
                }
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.filter(f -> f.getFileName().toString().startsWith("log_"))
                        .toList()) {
                    Files.delete(file);
                }
            }
            seed(group.member("a"), "s1");
            group.appendAnywhere("e1");
            group.stop("a");
            seed(group.member("a"), "s1");
            group.appendAnywhere("e2");
            assertThat(group.member("a").state.entries()).containsExactly("s1", "e1", "e2");
        }
    }
}
