package io.holdfast.replication.crdt;

import io.holdfast.replication.crdt.CrdtMessage.Content;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** What a peer is to get, in parts that each fit into a message, repeated until each is acknowledged. Belongs to the protocol. */
final class Transfer {
    /** How many parts are sent at a time. */
    private static final int WINDOW = 16;

    /** A peer that does not answer, or cannot read what it gets, is not sent the same for ever at full speed. */
    private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

    final long id;
    /** The run of the peer that deltas were made for; 0 for digests and states. */
    final long target;
    /** What the peer holds when all has arrived: all intervals up to this. */
    final long upTo;
    /** The interval that this disk must keep before anything is sent. */
    final long after;

    private final List<Content> parts;
    private final long[] sentNanos;
    private final long[] pauseNanos;
    private final BitSet sent = new BitSet();
    private final BitSet acknowledged = new BitSet();
    private final Set<ObjectId> wanted = new LinkedHashSet<>();

    Transfer(long id, long target, long upTo, long after, List<Content> parts) {
        this.id = id;
        this.target = target;
        this.upTo = upTo;
        this.after = after;
        this.parts = parts;
        this.sentNanos = new long[parts.size()];
        this.pauseNanos = new long[parts.size()];
    }

    int parts() {
        return parts.size();
    }

    int acknowledged() {
        return acknowledged.cardinality();
    }

    Set<ObjectId> wanted() {
        return wanted;
    }

    void acknowledge(CrdtMessage.Ack ack) {
        for (int number : ack.numbers()) {
            if (number < parts.size()) {
                acknowledged.set(number);
            }
        }
        wanted.addAll(ack.wanted());
    }

    /**
     * Some of the parts that are neither acknowledged nor on their way: first those that were never sent, then those that were sent longest ago.
     *
     * @param resendNanos after what pause a part is sent again for the first time; each further one is twice as long, up to ten seconds
     */
    void send(long nowNanos, long resendNanos, BiConsumer<Integer, Content> out) {
        IntStream.range(0, parts.size())
                .filter(i -> !acknowledged.get(i) && (!sent.get(i) || nowNanos - sentNanos[i] >= pauseNanos[i]))
                .boxed()
                .sorted(Comparator.comparingLong(i -> sent.get(i) ? sentNanos[i] - nowNanos : Long.MIN_VALUE))
                .limit(WINDOW)
                .forEach(i -> {
                    long longest = Math.max(resendNanos, MAX_PAUSE.toNanos());
                    pauseNanos[i] = sent.get(i) ? Math.min(2 * pauseNanos[i], longest) : resendNanos;
                    sent.set(i);
                    sentNanos[i] = nowNanos;
                    out.accept(i, parts.get(i));
                });
    }

    /** Packs objects into as few parts as a greedy hand does. */
    static List<Content> pack(Iterable<byte[]> objects, int maxBytes) {
        int room = maxBytes - CrdtMessageCodec.OVERHEAD;
        List<Content> parts = new ArrayList<>();
        List<byte[]> small = new ArrayList<>();
        int used = 0;
        for (byte[] object : objects) {
            if (object.length + 5 > room) {
                cut(object, room, parts);
                continue;
            }
            if (used + object.length + 5 > room) {
                parts.add(new CrdtMessage.Objects(small));
                small = new ArrayList<>();
                used = 0;
            }
            small.add(object);
            used += object.length + 5;
        }
        if (!small.isEmpty()) {
            parts.add(new CrdtMessage.Objects(small));
        }
        return parts;
    }

    private static void cut(byte[] object, int room, List<Content> parts) {
        int first = parts.size();
        int count = (object.length + room - 1) / room;
        for (int i = 0; i < count; i++) {
            byte[] piece = Arrays.copyOfRange(object, i * room, Math.min(object.length, (i + 1) * room));
            parts.add(new CrdtMessage.Piece(first, count, piece));
        }
    }

    static List<Content> pack(List<CrdtMessage.Digest> digests, int maxBytes) {
        int page = Math.max(1, (maxBytes - CrdtMessageCodec.OVERHEAD) / CrdtMessageCodec.DIGEST);
        List<Content> parts = new ArrayList<>();
        for (int from = 0; from == 0 || from < digests.size(); from += page) {
            parts.add(
                    new CrdtMessage.Digests(List.copyOf(digests.subList(from, Math.min(digests.size(), from + page)))));
        }
        return parts;
    }
}
