package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.env.MonotonicClock;
import java.util.List;

/** What this node shares with all others through one group. The objects that it hands out are cheap: ask for one where it is needed, or keep it. */
public final class Consensus {
    private final GroupSession session;
    private final Codec codec;
    private final Waiting waiting;

    private Consensus(GroupSession session, Codec codec, MonotonicClock clock) {
        this.session = session;
        this.codec = codec;
        this.waiting = new Waiting(clock);
    }

    /**
     * The primitives of a group.
     *
     * @param session this node's session with it; stays the caller's
     * @param codec how values become bytes
     * @param clock for deadlines
     * @return the primitives
     */
    public static Consensus of(GroupSession session, Codec codec, MonotonicClock clock) {
        return new Consensus(session, codec, clock);
    }

    /**
     * The types of primitives that a replica of a group must know, for {@link io.holdfast.consensus.state.PrimitiveMachine}.
     *
     * @return the types
     */
    public static List<PrimitiveType> types() {
        return List.of(new MapType());
    }

    /**
     * A map. It exists once it has a key. All nodes must use it with the same types.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param keys the keys' type
     * @param values the values' type
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map
     * @throws io.holdfast.core.InvalidContractException if a type cannot be encoded
     */
    public <K, V> ReplicatedMap<K, V> map(String name, Class<K> keys, Class<V> values) {
        return new ReplicatedMap<>(
                new AsyncReplicatedMap<>(name, session, new MapCodec<>(keys, values, codec), waiting));
    }

    /**
     * A transaction over maps of this group.
     *
     * @return a new one, without conditions and steps
     */
    public Transaction transaction() {
        return new Transaction(session, waiting);
    }
}
