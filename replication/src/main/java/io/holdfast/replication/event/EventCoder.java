package io.holdfast.replication.event;

import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.ReplicatedJournal.Recorded;
import io.holdfast.core.codec.TypeCodec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How an event becomes a record's value: {@code [layout u8, 1][the codec's bytes]}. A value without bytes is a tombstone, which no event is. */
final class EventCoder<E> {
    static final byte[] TOMBSTONE = {};

    private static final byte LAYOUT = 1;

    private final TypeCodec<E> codec;

    EventCoder(TypeCodec<E> codec) {
        this.codec = codec;
    }

    byte[] encode(@Nullable E event) {
        byte[] bytes = codec.encode(event);
        byte[] value = new byte[bytes.length + 1];
        value[0] = LAYOUT;
        System.arraycopy(bytes, 0, value, 1, bytes.length);
        return value;
    }

    LoggedEvent<E> decode(int partition, Recorded recorded) {
        byte[] value = recorded.value();
        boolean tombstone = value.length == 0;
        if (!tombstone && value[0] != LAYOUT) {
            throw new CodecException("event " + recorded.offset() + " of partition " + partition + " has layout "
                    + value[0] + ", this build knows " + LAYOUT + "; upgrade this node");
        }
        E event = tombstone ? null : codec.decode(Arrays.copyOfRange(value, 1, value.length));
        return new LoggedEvent<>(partition, recorded.offset(), recorded.timeNanos(), recorded.key(), event, tombstone);
    }
}
