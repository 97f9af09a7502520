package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.env.Registration;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What every {@link Bulletin} promises. Extend it, start a cluster, and the inherited tests run. */
public abstract class BulletinContract implements Waiting {
    private static final String TOPIC = "weather";

    /** For subclasses. */
    protected BulletinContract() {}

    /**
     * Starts a cluster of nodes that know each other or will soon.
     *
     * @param nodes how many
     * @return the cluster, closed by the suite
     */
    protected abstract BulletinCluster start(int nodes);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> values(BulletinCluster cluster, int node) {
        Map<String, String> texts = new TreeMap<>();
        cluster.bulletin(node)
                .values(TOPIC)
                .forEach((id, value) -> texts.put(id.value(), new String(value, StandardCharsets.UTF_8)));
        return texts;
    }

    private void awaitValues(BulletinCluster cluster, int node, Map<String, String> expected) {
        await("n" + node + " knows " + expected, () -> values(cluster, node).equals(expected));
    }

    @Test
    void whatANodeTellsIsKnownOnEveryNodeByTheTellersName() {
        try (BulletinCluster cluster = start(3)) {
            cluster.bulletin(0).publish(TOPIC, bytes("rain"));
            cluster.bulletin(1).publish(TOPIC, bytes(""));
            for (int i = 0; i < 3; i++) {
                awaitValues(cluster, i, Map.of("n0", "rain", "n1", ""));
                assertThat(cluster.bulletin(i).values("other")).isEmpty();
            }
            assertThat(cluster.bulletin(2).values(TOPIC).keySet()).containsExactly(NodeId.of("n0"), NodeId.of("n1"));
        }
    }

    @Test
    void theNewestValueOfANodeWinsEverywhere() {
        try (BulletinCluster cluster = start(3)) {
            for (int i = 0; i <= 50; i++) {
                cluster.bulletin(1).publish(TOPIC, bytes("v" + i));
            }
            for (int i = 0; i < 3; i++) {
                awaitValues(cluster, i, Map.of("n1", "v50"));
            }
        }
    }

    @Test
    void aValueGoesWithItsNode() {
        try (BulletinCluster cluster = start(3)) {
            cluster.bulletin(1).publish(TOPIC, bytes("rain"));
            cluster.bulletin(2).publish(TOPIC, bytes("sun"));
            awaitValues(cluster, 0, Map.of("n1", "rain", "n2", "sun"));
            cluster.kill(2);
            awaitValues(cluster, 0, Map.of("n1", "rain"));
            awaitValues(cluster, 1, Map.of("n1", "rain"));
        }
    }

    @Test
    void aRestartedNodeTellsNothingOfItsEarlierLife() {
        try (BulletinCluster cluster = start(3)) {
            cluster.bulletin(2).publish(TOPIC, bytes("old"));
            cluster.bulletin(2).publish("left-over", bytes("old"));
            awaitValues(cluster, 0, Map.of("n2", "old"));
            cluster.kill(2);
            cluster.restart(2);
            cluster.bulletin(2).publish(TOPIC, bytes("new"));
            for (int i = 0; i < 3; i++) {
                awaitValues(cluster, i, Map.of("n2", "new"));
                Bulletin bulletin = cluster.bulletin(i);
                await(
                        "what n2 told in its earlier life is gone",
                        () -> bulletin.values("left-over").isEmpty());
            }
        }
    }

    @Test
    void aWatcherHearsThePresentValuesAndThenEachChange() {
        try (BulletinCluster cluster = start(2)) {
            cluster.bulletin(0).publish(TOPIC, bytes("rain"));
            awaitValues(cluster, 1, Map.of("n0", "rain"));
            Queue<String> heard = new ConcurrentLinkedQueue<>();
            Registration registration = cluster.bulletin(1).watch(TOPIC, event -> heard.add(text(event)));
            await("the present value is heard", () -> heard.contains("n0=rain"));
            cluster.bulletin(0).publish(TOPIC, bytes("sun"));
            await("the change is heard", () -> heard.contains("n0=sun"));
            registration.close();
            registration.close();
            Queue<String> later = new ConcurrentLinkedQueue<>();
            cluster.bulletin(1).watch(TOPIC, event -> later.add(text(event)));
            await("the other watcher hears", () -> later.contains("n0=sun"));
            cluster.kill(0);
            await("the end is heard", () -> later.contains("n0 gone"));
            assertThat(heard).containsExactly("n0=rain", "n0=sun");
        }
    }

    private static String text(BulletinEvent event) {
        return event instanceof BulletinEvent.Told told
                ? told.node() + "=" + new String(told.value(), StandardCharsets.UTF_8)
                : ((BulletinEvent.Gone) event).node() + " gone";
    }

    @Test
    void oneWatcherThatThrowsDoesNotHurtTheOthers() {
        try (BulletinCluster cluster = start(1)) {
            Queue<String> heard = new ConcurrentLinkedQueue<>();
            cluster.bulletin(0).watch(TOPIC, event -> {
                throw new IllegalStateException("a watcher that fails on purpose");
            });
            cluster.bulletin(0).watch(TOPIC, event -> heard.add(text(event)));
            cluster.bulletin(0).publish(TOPIC, bytes("rain"));
            await("the value is heard", () -> heard.contains("n0=rain"));
        }
    }

    @Test
    void theBoundsAreKeptAndNamed() {
        try (BulletinCluster cluster = start(1)) {
            Bulletin bulletin = cluster.bulletin(0);
            bulletin.publish(TOPIC, new byte[Bulletin.MAX_VALUE_BYTES]);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> bulletin.publish(TOPIC, new byte[Bulletin.MAX_VALUE_BYTES + 1]))
                    .withMessageContaining("4097")
                    .withMessageContaining("4096");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> bulletin.publish("No Label", new byte[1]))
                    .withMessageContaining("No Label");
            for (int i = 1; i < Bulletin.MAX_TOPICS; i++) {
                bulletin.publish("topic-" + i, new byte[1]);
            }
            assertThatThrownBy(() -> bulletin.publish("one-more", new byte[1]))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining(String.valueOf(Bulletin.MAX_TOPICS));
            bulletin.publish(TOPIC, new byte[2]);
            await("a topic that is told on already may change", () -> {
                byte[] value = bulletin.values(TOPIC).get(NodeId.of("n0"));
                return value != null && value.length == 2;
            });
        }
    }

    @Test
    void aValueIsCopiedWhenItIsTold() {
        try (BulletinCluster cluster = start(1)) {
            byte[] value = bytes("rain");
            cluster.bulletin(0).publish(TOPIC, value);
            value[0] = 'p';
            awaitValues(cluster, 0, Map.of("n0", "rain"));
        }
    }
}
