package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.testkit.contract.BulletinCluster;
import io.holdfast.testkit.contract.BulletinContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

class SimBulletinTest extends BulletinContract {
    /** Sends its sheet to all ten times a second and does nothing else. */
    private static final class Node implements Protocol<Void, SimBulletin.Sheet, String, Void> {
        private final SimHost host;
        private final SimBulletin bulletin;

        Node(SimHost host) {
            this.host = host;
            this.bulletin = new SimBulletin(host, Duration.ofSeconds(1));
        }

        @Override
        public void onStart(long nowNanos, Outbox<SimBulletin.Sheet, String, Void> out) {
            onTimer("send", nowNanos, out);
        }

        @Override
        public void onTimer(String timer, long nowNanos, Outbox<SimBulletin.Sheet, String, Void> out) {
            bulletin.expire(nowNanos);
            SimBulletin.Sheet sheet = bulletin.sheet();
            host.planned().stream().filter(peer -> !peer.equals(host.address())).forEach(peer -> out.send(peer, sheet));
            out.wakeAt(nowNanos + 100_000_000L, "send");
        }

        @Override
        public void onMessage(
                Address from, SimBulletin.Sheet sheet, long nowNanos, Outbox<SimBulletin.Sheet, String, Void> out) {
            bulletin.hear(sheet, nowNanos);
        }

        @Override
        public void onRequest(Void request, long nowNanos, Outbox<SimBulletin.Sheet, String, Void> out) {
            throw new UnsupportedOperationException("it takes no requests");
        }
    }

    private @Nullable SimWorld<Node, Void, SimBulletin.Sheet, String, Void> world;

    @Override
    protected BulletinCluster start(int nodes) {
        String[] names = IntStream.range(0, nodes).mapToObj(i -> "n" + i).toArray(String[]::new);
        var started = SimWorld.seed(3).nodes(names).links(LinkFaults.hostile()).start(Node::new);
        world = started;
        return new BulletinCluster() {
            @Override
            public Bulletin bulletin(int node) {
                return started.node("n" + node).protocol().bulletin;
            }

            @Override
            public void kill(int node) {
                started.node("n" + node).kill();
            }

            @Override
            public void restart(int node) {
                started.node("n" + node).restart();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        var running = world;
        for (int i = 0; running != null && i < 20_000 && !condition.getAsBoolean(); i++) {
            running.advance(Duration.ofMillis(1));
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
