package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.Dot;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Sibling;
import io.holdfast.replication.version.Versions;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimHost;
import io.holdfast.testkit.sim.SimWorld;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bar of anti-entropy: what a hundredth of divergence costs. */
@Tag("slow")
class DivergenceTest {
    private static final int KEYS = 1_000_000;
    private static final int DIVERGED = KEYS / 100;
    private static final int VALUE_BYTES = 100;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Map<String, RowStore> stores = new TreeMap<>();
    private final Map<String, Long> bytes = new TreeMap<>();
    private long dataBytes;
    private int rounds;

    /** Each message is weighed as it is encoded. */
    private final class Weighed implements Protocol<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> {
        private final QuorumNode node;

        Weighed(SimHost host) {
            node = new QuorumNode(
                    host.id(),
                    QuorumConfig.lan(),
                    QuorumRules.SOUND,
                    stores.get(host.id().value()),
                    RowStore.inMemory(host.environment().random()),
                    host.cells(),
                    host.environment());
        }

        @Override
        public void onStart(long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
            node.onStart(nowNanos, out);
        }

        @Override
        public void onRequest(
                QuorumRequest request, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
            node.onRequest(request, nowNanos, out);
        }

        @Override
        public void onMessage(
                Address from,
                QuorumMessage message,
                long nowNanos,
                Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
            byte[] encoded = QuorumMessageCodec.encode(message);
            bytes.merge(message.getClass().getSimpleName(), (long) encoded.length, Long::sum);
            node.onMessage(from, QuorumMessageCodec.decode(encoded), nowNanos, out);
        }

        @Override
        public void onTimer(QuorumTimer timer, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
            rounds += timer == QuorumTimer.ANTI_ENTROPY ? 1 : 0;
            node.onTimer(timer, nowNanos, out);
        }
    }

    /** The replicas with the newer rows. A pair may be compared by either first, so one replica is ahead of two, or behind two. */
    @ParameterizedTest
    @ValueSource(strings = {"n1", "n3", "n1 n2"})
    void aReplicaThatDivergesByAHundredthCostsLessThanTwoHundredthsOfItsData(String newer) {
        SimWorld<Weighed, QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> world = SimWorld.seed(1)
                .nodes("n1", "n2", "n3")
                .links(LinkFaults.lan())
                .start(host -> {
                    stores.put(
                            host.id().value(),
                            RowStore.inMemory(host.environment().random()));
                    return new Weighed(host);
                });
        fill(List.of(newer.split(" ")));
        List<RingMember> members = stores.entrySet().stream()
                .map(entry -> new RingMember(
                        NodeId.of(entry.getKey()), "z", entry.getValue().storeId()))
                .toList();
        world.nodes().forEach(node -> {
            world.nodes()
                    .forEach(other -> node.request(new QuorumRequest.Neighbour(other.id(), other.address(), true)));
            node.request(new QuorumRequest.RingIs(Ring.stable(1, members)));
        });
        Duration took = world.runUntil(this::equal, LIMIT);
        long moved = bytes.values().stream().mapToLong(each -> each).sum();
        int receivers = 3 - newer.split(" ").length;
        double share = 100.0 * moved / dataBytes / receivers;
        System.out.printf(
                Locale.ROOT,
                "%s newer: %d rounds of all nodes in %s, %,d bytes moved for %d replica(s) that lacked rows, %.2f %%"
                        + " of a replica's %,d bytes for each: %s%n",
                newer,
                rounds,
                took,
                moved,
                receivers,
                share,
                dataBytes,
                bytes);
        assertThat(share).as("per cent of the data").isLessThan(2);
    }

    private boolean equal() {
        RowStore first = stores.get("n1");
        return stores.values().stream()
                .allMatch(other -> IntStream.range(0, KeyHash.PARTITIONS)
                        .allMatch(each -> first.partitionHash(each) == other.partitionHash(each)));
    }

    /** The same rows everywhere; then a random hundredth is written again, which only some have heard of. */
    private void fill(List<String> newer) {
        SplittableRandom random = new SplittableRandom(1);
        BitSet again = new BitSet(KEYS);
        while (again.cardinality() < DIVERGED) {
            again.set(random.nextInt(KEYS));
        }
        for (int i = 0; i < KEYS; i++) {
            RowKey key = RowKey.of(
                    "bench", String.format(Locale.ROOT, "key-%012d", i).getBytes(StandardCharsets.US_ASCII));
            Versions old = Versions.NONE.putLatest(written(i + 1, random));
            byte[] before = old.encode();
            byte[] after =
                    again.get(i) ? old.putLatest(written(KEYS + i + 1, random)).encode() : before;
            dataBytes += key.encoded().length + before.length;
            stores.forEach((name, store) -> {
                byte[] state = newer.contains(name) ? after : before;
                store.put(key, RowHash.of(state), state);
            });
        }
    }

    private static Sibling written(long counter, SplittableRandom random) {
        byte[] value = new byte[VALUE_BYTES];
        random.nextBytes(value);
        return new Sibling(new Dot(7, counter), counter, Sibling.STAYS, value);
    }
}
