package io.holdfast.testkit.sim;

import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Bulletin} as a part of a simulated protocol, so that what stands on the port can be simulated without gossip: the host sends its {@link #sheet} to all others at its own pace, and hands in
 * what arrives. Harsher than gossip: nothing is relayed, so cut links and one-way links leave different nodes with different views; a node from which nothing came for {@code silence} is dead.
 *
 * <p>Not thread-safe: for the one thread of a simulation. Listeners are called within the call that brings the news.
 */
public final class SimBulletin implements Bulletin {
    /**
     * All that one node tells.
     *
     * @param node who tells it
     * @param life grows with each start of the node
     * @param number grows with each sheet
     * @param values the values by topic
     * @param known the nodes that it knows, the dead too
     */
    public record Sheet(NodeId node, int life, long number, Map<String, byte[]> values, Set<NodeId> known) {}

    private static final Logger log = LoggerFactory.getLogger(SimBulletin.class);

    private record Heard(Sheet sheet, long atNanos) {}

    private record Watch(String topic, Consumer<BulletinEvent> listener) {}

    private final NodeId self;
    private final int life;
    private final long silenceNanos;
    private final Map<String, byte[]> own = new TreeMap<>();
    private final Map<NodeId, Heard> heard = new TreeMap<>();
    private final Set<NodeId> known = new TreeSet<>();
    private final List<Watch> watches = new ArrayList<>();
    private long number;

    /**
     * Makes the bulletin of one life of a node.
     *
     * @param host the node
     * @param silence after how long without a sheet a node is dead
     */
    public SimBulletin(SimHost host, Duration silence) {
        self = host.id();
        life = host.life();
        silenceNanos = silence.toNanos();
        known.add(self);
    }

    /**
     * What is to be sent to all other nodes now.
     *
     * @return an immutable sheet
     */
    public Sheet sheet() {
        return new Sheet(self, life, ++number, Map.copyOf(own), Set.copyOf(known));
    }

    /**
     * A sheet arrived; an older one than is known is ignored.
     *
     * @param sheet the sheet
     * @param nowNanos the node's clock
     */
    public void hear(Sheet sheet, long nowNanos) {
        Heard before = heard.get(sheet.node());
        if (before != null && !newer(sheet, before.sheet())) {
            return;
        }
        known.add(sheet.node());
        known.addAll(sheet.known());
        heard.put(sheet.node(), new Heard(sheet, nowNanos));
        Map<String, byte[]> old = before == null ? Map.of() : before.sheet().values();
        old.keySet().stream()
                .filter(topic -> !sheet.values().containsKey(topic))
                .forEach(topic -> tell(topic, sheet.node(), null));
        new TreeMap<>(sheet.values()).forEach((topic, value) -> {
            if (value != old.get(topic)) {
                tell(topic, sheet.node(), value);
            }
        });
    }

    private static boolean newer(Sheet sheet, Sheet old) {
        return sheet.life() > old.life() || (sheet.life() == old.life() && sheet.number() > old.number());
    }

    /**
     * Time has passed: silent nodes are dead, and their values vanish.
     *
     * @param nowNanos the node's clock
     */
    public void expire(long nowNanos) {
        for (Heard each : List.copyOf(heard.values())) {
            if (nowNanos - each.atNanos() > silenceNanos) {
                heard.remove(each.sheet().node());
                each.sheet()
                        .values()
                        .keySet()
                        .forEach(topic -> tell(topic, each.sheet().node(), null));
            }
        }
    }

    /**
     * The nodes that are alive, this one among them.
     *
     * @return a snapshot, sorted
     */
    public Set<NodeId> live() {
        Set<NodeId> live = new TreeSet<>(heard.keySet());
        live.add(self);
        return live;
    }

    /**
     * The nodes that were ever heard of, dead or alive, this one among them; nodes tell each other whom they know.
     *
     * @return a snapshot, sorted
     */
    public Set<NodeId> known() {
        return new TreeSet<>(known);
    }

    private void tell(String topic, NodeId node, byte @Nullable [] value) {
        BulletinEvent event = value == null ? new BulletinEvent.Gone(node) : new BulletinEvent.Told(node, value);
        for (Watch watch : List.copyOf(watches)) {
            if (watch.topic().equals(topic)) {
                safely(watch.listener(), event);
            }
        }
    }

    /** As in production, one that fails does not hurt the others; an assertion in a test is an error and goes through. */
    private static void safely(Consumer<BulletinEvent> listener, BulletinEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            log.error("a watcher failed on {}; the others are told all the same", event, e);
        }
    }

    @Override
    public void publish(String topic, byte[] value) {
        byte[] copy = Bulletin.checked(topic, value);
        if (!own.containsKey(topic) && own.size() >= MAX_TOPICS) {
            throw new OverloadedException(
                    "node " + self + " tells on " + MAX_TOPICS + " topics, its limit; put several facts into one value",
                    Duration.ofSeconds(1));
        }
        own.put(topic, copy);
        tell(topic, self, copy);
    }

    @Override
    public Map<NodeId, byte[]> values(String topic) {
        Map<NodeId, byte[]> values = new TreeMap<>();
        heard.forEach((node, each) -> {
            byte[] value = each.sheet().values().get(topic);
            if (value != null) {
                values.put(node, value);
            }
        });
        byte[] mine = own.get(topic);
        if (mine != null) {
            values.put(self, mine);
        }
        return Collections.unmodifiableMap(values);
    }

    @Override
    public Registration watch(String topic, Consumer<BulletinEvent> listener) {
        Watch watch = new Watch(topic, listener);
        values(topic).forEach((node, value) -> listener.accept(new BulletinEvent.Told(node, value)));
        watches.add(watch);
        return () -> watches.remove(watch);
    }
}
