package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A piece of news that spreads from node to node. */
sealed interface Rumor {
    /** What the news is about: a newer rumour replaces an older one of the same subject. */
    Object subject();

    /** About how many bytes it takes on the wire. */
    int weight();

    /**
     * News of a member (SWIM, section 4.2). Rumours of one member form a total order by (incarnation, state), so that every node ends with the same view in whatever order they arrive.
     *
     * @param accuser who suspects or buried it; the member itself otherwise
     */
    record OfMember(NodeId id, Address address, String zone, long incarnation, MemberState state, NodeId accuser)
            implements Rumor {
        @Override
        public Object subject() {
            return id;
        }

        @Override
        public int weight() {
            return 16
                    + 2 * id.value().length()
                    + address.host().length()
                    + zone.length()
                    + accuser.value().length();
        }
    }

    /**
     * News that one node tells of itself and alone versions.
     *
     * @param <K> what tells the records of one owner apart
     */
    sealed interface Owned<K extends Comparable<K>> extends Rumor {
        NodeId owner();

        K key();

        long version();

        /** False if it was taken back. */
        boolean present();
    }

    /** The subject of service news. */
    record Offer(NodeId owner, ServiceName service) {}

    /** The subject of a note. */
    record Topic(NodeId owner, String topic) {}

    /**
     * News of one service of one node; the owner alone makes new versions.
     *
     * @param instance what is offered, or null if the offer was taken back
     */
    record OfService(
            NodeId owner,
            ServiceName service,
            long version,
            @Nullable ServiceInstance instance) implements Owned<ServiceName> {
        @Override
        public ServiceName key() {
            return service;
        }

        @Override
        public boolean present() {
            return instance != null;
        }

        @Override
        public Object subject() {
            return new Offer(owner, service);
        }

        @Override
        public int weight() {
            int base = 24 + owner.value().length() + service.value().length();
            if (instance == null) {
                return base;
            }
            int tags = instance.tags().entrySet().stream()
                    .mapToInt(e -> e.getKey().length() + e.getValue().length() + 2)
                    .sum();
            return base + 80 + tags + 4 * instance.methods().size();
        }
    }

    /**
     * What one node tells on one topic of the bulletin; the owner alone makes new versions.
     *
     * @param value what is told, or null if nothing is any more; nobody changes it
     */
    @SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString go by the content
    record OfNote(NodeId owner, String topic, long version, byte @Nullable [] value) implements Owned<String> {
        @Override
        public String key() {
            return topic;
        }

        @Override
        public boolean present() {
            return value != null;
        }

        @Override
        public Object subject() {
            return new Topic(owner, topic);
        }

        @Override
        public int weight() {
            return 16 + owner.value().length() + topic.length() + (value == null ? 0 : value.length);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof OfNote note
                    && owner.equals(note.owner)
                    && topic.equals(note.topic)
                    && version == note.version
                    && Arrays.equals(value, note.value);
        }

        @Override
        public int hashCode() {
            return Objects.hash(owner, topic, version, Arrays.hashCode(value));
        }

        @Override
        public String toString() {
            return owner + "/" + topic + "@" + version + "="
                    + (value == null ? "none" : HexFormat.of().formatHex(value));
        }
    }
}
