package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a node's page of sightings: a version byte, a number that grows with each page, then the sightings to the end. Laid out by hand, numbers as LEB128. A page has room for
 * {@value Bulletin#MAX_VALUE_BYTES} bytes: circuits that are not closed go first, then those with the most calls; what does not fit is not told.
 */
final class SightingsCodec {
    static final int VERSION = 1;
    /** A try takes longer than a millisecond: higher rounds are broken, and would leave no room for the next. */
    private static final int MAX_ROUND = Integer.MAX_VALUE - 1;

    private static final Sighting.State[] STATES = Sighting.State.values();
    private static final Comparator<Map.Entry<Target, Sighting>> IMPORTANCE =
            Comparator.<Map.Entry<Target, Sighting>>comparingInt(
                            entry -> entry.getValue().state().compareTo(Sighting.State.CLOSED) > 0 ? 0 : 1)
                    .thenComparingInt(entry -> -entry.getValue().calls());

    private SightingsCodec() {}

    static byte[] encode(long number, Map<Target, Sighting> sightings) {
        List<Map.Entry<Target, Sighting>> order = new ArrayList<>(new TreeMap<>(sightings).entrySet());
        order.sort(IMPORTANCE);
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.number(number);
        for (Map.Entry<Target, Sighting> entry : order) {
            int before = out.size();
            write(out, entry.getKey(), entry.getValue());
            if (out.size() > Bulletin.MAX_VALUE_BYTES) {
                out.cutTo(before);
                break;
            }
        }
        return out.bytes();
    }

    private static void write(WireWriter out, Target target, Sighting sighting) {
        out.text(target.policy());
        out.u8(sighting.state().ordinal() | (sighting.wants() ? 0x80 : 0));
        out.number(sighting.round());
        out.number(sighting.healed() + 1);
        out.number(sighting.calls());
        out.number(sighting.failures());
    }

    /**
     * Reads a page of any origin.
     *
     * @throws ProtocolException if the bytes are no page of this version; ignore them
     */
    static Map<Target, Sighting> decode(byte[] bytes) {
        WireReader in = new WireReader("page of circuits", bytes);
        in.version("page of circuits", VERSION);
        in.number("page number");
        Map<Target, Sighting> sightings = new TreeMap<>();
        while (in.hasMore()) {
            Target target = target(in);
            int head = in.u8("state");
            int state = head & 0x7F;
            if (state >= STATES.length) {
                throw in.broken("state (" + state + ") must be at most " + (STATES.length - 1));
            }
            sightings.put(
                    target,
                    new Sighting(
                            STATES[state],
                            (head & 0x80) != 0,
                            in.number("round", MAX_ROUND),
                            in.number("healed", MAX_ROUND) - 1,
                            in.number("calls", Integer.MAX_VALUE),
                            in.number("failures", Integer.MAX_VALUE)));
        }
        return sightings;
    }

    private static Target target(WireReader in) {
        String policy = in.text("policy", 63);
        try {
            return new Target(policy);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }
}
