package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.replication.quorum.QuorumResult.Failed;
import io.holdfast.replication.store.SimStore;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.Versions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One thing that goes wrong at a time, and what callers see of it. */
class QuorumNodeTest {
    private static final String KEY = "k";

    private static void written(QuorumResult result) {
        assertThat(result).isInstanceOf(QuorumResult.Written.class);
    }

    private static Versions row(QuorumResult result) {
        assertThat(result).isInstanceOf(QuorumResult.Read.class);
        return ((QuorumResult.Read) result).row();
    }

    private static String outsider(Village village) {
        List<String> replicas = village.replicas(KEY);
        return village.rows.keySet().stream()
                .filter(name -> !replicas.contains(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aWriteIsRefusedAtOnceWhenTooFewReplicasAreThere() {
        Village village = new Village(5);
        List<String> replicas = village.replicas(KEY);
        village.kill(replicas.get(1));
        village.kill(replicas.get(2));
        QuorumResult result =
                village.write(outsider(village), KEY, "v", CausalContext.EMPTY, Village.MAJORITY);
        assertThat(result).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(Failed.Kind.NOT_APPLIED);
            assertThat(failed.message()).contains("needs 2").contains("1 are alive").contains("smaller W");
        });
        assertThat(village.stored(replicas.get(0), KEY)).isEmpty();
    }

    @Test
    void aSloppyWriteIsKeptByStandInsAndHandedOffWhenTheReplicasAreBack() {
        Village village = new Village(5);
        List<String> replicas = village.replicas(KEY);
        village.kill(replicas.get(1));
        village.kill(replicas.get(2));
        written(village.write(outsider(village), KEY, "v", CausalContext.EMPTY, Village.SLOPPY));
        assertThat(village.hints.values()).anyMatch(store -> store.size() > 0);
        village.kill(replicas.get(0));
        village.restart(replicas.get(1));
        assertThat(Village.values(row(village.read(outsider(village), KEY, Village.SLOPPY))))
                .as("what stand-ins keep is read")
                .containsExactly("v");
        village.restart(replicas.get(2));
        village.world.runUntil(
                () -> village.stored(replicas.get(1), KEY).contains("v")
                        && village.stored(replicas.get(2), KEY).contains("v"),
                Duration.ofSeconds(2));
        village.restart(replicas.get(0));
        village.world.runUntil(
                () -> village.hints.values().stream().allMatch(store -> store.size() == 0), Duration.ofSeconds(3));
    }

    @Test
    void hintsSurviveTheirKeeper() {
        Village village = new Village(3);
        village.kill("n3");
        written(village.write("n1", KEY, "v", CausalContext.EMPTY, Village.MAJORITY));
        village.world.advance(Duration.ofMillis(200));
        String keeper = village.hints.get("n1").size() > 0 ? "n1" : "n2";
        village.kill(keeper);
        village.restart(keeper);
        village.restart("n3");
        village.world.runUntil(() -> village.stored("n3", KEY).contains("v"), Duration.ofMillis(500));
        village.world.runUntil(() -> village.hints.get(keeper).size() == 0, Duration.ofMillis(500));
    }

    @Test
    void beyondTheirBoundHintsAreLeftToAntiEntropy() {
        QuorumConfig base = Village.config();
        Village village = new Village(
                3,
                new QuorumConfig(
                        3, base.tick(), base.hintAfter(), base.antiEntropy(), base.sweep(), base.tombstoneGrace(), 2, 1000, 3,
                        1 << 20));
        village.kill("n3");
        for (int i = 0; i < 10; i++) {
            written(village.write("n1", "k" + i, "v", CausalContext.EMPTY, Village.MAJORITY));
        }
        village.world.advance(Duration.ofMillis(300));
        assertThat(village.hints.get("n1").size()).isLessThanOrEqualTo(2);
        village.restart("n3");
        village.world.runUntil(
                () -> java.util.stream.IntStream.range(0, 10).allMatch(i -> village.stored("n3", "k" + i).contains("v")),
                Duration.ofSeconds(3));
    }

    @Test
    void aReadThatRepairsFirstAnswersWhatAMajorityHasStored() {
        Village village = new Village(3);
        written(village.write("n1", KEY, "old", CausalContext.EMPTY, Village.MAJORITY));
        village.world.advance(Duration.ofMillis(200));
        village.world.network().isolate("n1");
        QuorumResult lonely =
                village.write("n1", KEY, "new", row(village.read("n2", KEY, Village.MAJORITY)).context(), Village.MAJORITY);
        assertThat(lonely).isInstanceOfSatisfying(
                Failed.class, failed -> assertThat(failed.kind()).isEqualTo(Failed.Kind.UNKNOWN));
        village.world.network().heal();
        village.kill("n3");
        assertThat(Village.values(row(village.read("n1", KEY, Village.MAJORITY)))).containsExactly("new");
        village.kill("n1");
        village.restart("n3");
        assertThat(Village.values(row(village.read("n3", KEY, Village.MAJORITY))))
                .as("whoever was answered it is not contradicted")
                .containsExactly("new");
    }

    @Test
    void aReplicaThatHasLostItsDiskAnswersNoReadsBeforeItHasTakenItsRows() {
        Village village = new Village(3);
        written(village.write("n1", KEY, "v", CausalContext.EMPTY, Village.MAJORITY));
        village.world.advance(Duration.ofMillis(200));
        village.world.node("n3").kill();
        village.rows.put("n3", new SimStore(77));
        village.kill("n2");
        village.restart("n3");
        QuorumResult result = village.read("n3", KEY, Village.MAJORITY);
        assertThat(result).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.message())
                .contains("needs 2"));
        village.restart("n2");
        village.world.runUntil(
                () -> village.world.node("n3").protocol().node.missing() == 0, Duration.ofSeconds(2));
        assertThat(village.stored("n3", KEY)).containsExactly("v");
    }

    @Test
    void whatExpiresIsGoneForReadersAtOnceAndFromTheDiskLater() {
        Village village = new Village(3);
        long now = village.world.node("n1").clock().wall().now().toEpochMilli();
        written(village.change(
                "n1",
                KEY,
                new RowChange(
                        ConflictPolicy.SIBLINGS, CausalContext.EMPTY, now + 500, "v".getBytes(StandardCharsets.UTF_8)),
                Village.MAJORITY));
        assertThat(Village.values(row(village.read("n2", KEY, Village.MAJORITY)))).containsExactly("v");
        village.world.advance(Duration.ofMillis(600));
        assertThat(Village.values(row(village.read("n2", KEY, Village.MAJORITY)))).isEmpty();
        village.world.runUntil(
                () -> village.rows.values().stream().allMatch(store -> store.size() == 0), Duration.ofSeconds(20));
    }

    @Test
    void aRowWithTooManySiblingsTakesNoMoreFromWritersWhoKnowNone() {
        Village village = new Village(3);
        for (int i = 0; i < 3; i++) {
            written(village.write("n1", KEY, "v" + i, CausalContext.EMPTY, Village.MAJORITY));
        }
        assertThat(village.write("n1", KEY, "more", CausalContext.EMPTY, Village.MAJORITY))
                .isInstanceOfSatisfying(Failed.class, failed -> {
                    assertThat(failed.kind()).isEqualTo(Failed.Kind.OVERLOADED);
                    assertThat(failed.message()).contains("max-siblings").contains("context that was read");
                });
        Versions all = row(village.read("n2", KEY, Village.MAJORITY));
        assertThat(Village.values(all)).containsExactly("v0", "v1", "v2");
        written(village.write("n2", KEY, "merged", all.context(), Village.MAJORITY));
        assertThat(Village.values(row(village.read("n3", KEY, Village.MAJORITY)))).containsExactly("merged");
    }
}
