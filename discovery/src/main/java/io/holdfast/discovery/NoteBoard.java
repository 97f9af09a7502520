package io.holdfast.discovery;

import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.env.Registration;
import io.holdfast.discovery.swim.SwimEvent;
import io.holdfast.discovery.swim.SwimRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The {@link Bulletin} that gossip carries. Snapshots are written by the event loop alone and read by all; watchers are told on the thread of the {@link Listeners}. */
final class NoteBoard implements Bulletin {
    private record Watch(String topic, Consumer<BulletinEvent> listener) {}

    private final NodeId self;
    private final Consumer<SwimRequest> loop;
    private final Listeners listeners;
    private final Map<String, Map<NodeId, byte[]>> values = new ConcurrentHashMap<>();
    private final Set<String> topics = new HashSet<>();

    // of the listeners' thread: the values as the watchers know them
    private final Map<String, Map<NodeId, byte[]>> told = new HashMap<>();
    private final List<Watch> watches = new ArrayList<>();

    /**
     * Makes an empty board.
     *
     * @param loop hands the protocol a request; throws {@link OverloadedException} if its mailbox is full
     */
    NoteBoard(NodeId self, Consumer<SwimRequest> loop, Listeners listeners) {
        this.self = self;
        this.loop = loop;
        this.listeners = listeners;
    }

    @Override
    public void publish(String topic, byte[] value) {
        byte[] copy = Bulletin.checked(topic, value);
        synchronized (topics) {
            if (!topics.contains(topic) && topics.size() >= MAX_TOPICS) {
                throw new OverloadedException(
                        "node " + self + " tells on " + MAX_TOPICS
                                + " topics, its limit; put several facts into one value",
                        Duration.ofSeconds(1));
            }
            loop.accept(new SwimRequest.Post(topic, copy));
            topics.add(topic);
        }
    }

    @Override
    public Map<NodeId, byte[]> values(String topic) {
        return values.getOrDefault(topic, Map.of());
    }

    /** On the event loop's thread. */
    void apply(SwimEvent.NoteChanged changed) {
        byte[] value = changed.value();
        Map<NodeId, byte[]> next = new TreeMap<>(values(changed.topic()));
        change(next, changed.node(), value);
        if (next.isEmpty()) {
            values.remove(changed.topic());
        } else {
            values.put(changed.topic(), Collections.unmodifiableMap(next));
        }
        listeners.run(() -> tell(changed));
    }

    private static void change(Map<NodeId, byte[]> map, NodeId node, byte @Nullable [] value) {
        if (value == null) {
            map.remove(node);
        } else {
            map.put(node, value);
        }
    }

    private void tell(SwimEvent.NoteChanged changed) {
        byte[] value = changed.value();
        change(told.computeIfAbsent(changed.topic(), topic -> new TreeMap<>()), changed.node(), value);
        BulletinEvent event =
                value == null ? new BulletinEvent.Gone(changed.node()) : new BulletinEvent.Told(changed.node(), value);
        for (Watch watch : List.copyOf(watches)) {
            if (watch.topic().equals(changed.topic())) {
                Listeners.safely(watch.listener(), event);
            }
        }
    }

    @Override
    public Registration watch(String topic, Consumer<BulletinEvent> listener) {
        AtomicBoolean open = new AtomicBoolean(true);
        Watch watch = new Watch(topic, event -> {
            if (open.get()) {
                listener.accept(event);
            }
        });
        listeners.run(() -> {
            told.getOrDefault(topic, Map.of())
                    .forEach((node, value) -> Listeners.safely(watch.listener(), new BulletinEvent.Told(node, value)));
            watches.add(watch);
        });
        return () -> {
            open.set(false);
            listeners.run(() -> watches.remove(watch));
        };
    }
}
