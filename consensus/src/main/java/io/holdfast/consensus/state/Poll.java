package io.holdfast.consensus.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The answer to {@link Query.Watch}: at most 1,000 events or 256 KiB at a time.
 *
 * @param compacted whether events that were asked for are forgotten; then there are none here, and {@code next} is the present
 * @param next the number of the event to ask for next
 * @param more whether there are further ones already
 * @param expiryNanos how long until something of the group expires, by its own time; {@link Long#MAX_VALUE} if nothing does
 * @param events the events in order
 */
public record Poll(boolean compacted, long next, boolean more, long expiryNanos, List<Event> events) {
    static final int MAX_EVENTS = 1000;
    static final int MAX_BYTES = 256 << 10;

    /** What the ring has for a watch. */
    static Poll of(EventRing events, Query.Watch watch, long expiryNanos) {
        boolean compacted = switch (watch.start()) {
            case REVISION -> watch.cursor() <= events.forgotten();
            case EVENT -> watch.cursor() < events.first();
            case NOW -> false;
        };
        if (compacted || watch.start() == Query.Watch.Start.NOW) {
            return new Poll(compacted, events.end(), false, expiryNanos, List.of());
        }
        // a cursor from a replica that is ahead of this one by an expiry stands behind the end: it waits
        long at = watch.start() == Query.Watch.Start.EVENT ? watch.cursor() : events.from(watch.cursor());
        List<Event> found = new ArrayList<>();
        int bytes = 0;
        while (at < events.end() && found.size() < MAX_EVENTS && bytes < MAX_BYTES) {
            EventRing.Entry entry = events.at(at++);
            if (concerns(watch, entry)) {
                found.add(entry.event());
                bytes += entry.event().size();
            }
        }
        return new Poll(false, at, at < events.end(), expiryNanos, found);
    }

    private static boolean concerns(Query.Watch watch, EventRing.Entry entry) {
        byte[] key = entry.event().key();
        return entry.type() == watch.type()
                && entry.name().equals(watch.name())
                && Arrays.compareUnsigned(key, watch.from()) >= 0
                && (watch.to() == null || Arrays.compareUnsigned(key, watch.to()) < 0);
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter(64)
                .bool(compacted)
                .varlong(next)
                .bool(more)
                .varlong(expiryNanos)
                .varlong(events.size());
        for (Event event : events) {
            out.varlong(event.revision()).u8(event.kind()).bytes(event.key()).bytes(event.payload());
        }
        return out.toBytes();
    }

    /**
     * Reads an answer.
     *
     * @param bytes the payload of the answer
     * @return the answer
     * @throws io.holdfast.core.CodecException if it is none
     */
    public static Poll decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        boolean compacted = in.bool();
        long next = in.varlong();
        boolean more = in.bool();
        long expiry = in.varlong();
        int count = in.varint(MAX_EVENTS);
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(
                    new Event(in.varlong(), in.u8(), in.bytes(StateLimits.MAX_KEY), in.bytes(StateLimits.MAX_ANSWER)));
        }
        in.end();
        return new Poll(compacted, next, more, expiry, List.copyOf(events));
    }
}
