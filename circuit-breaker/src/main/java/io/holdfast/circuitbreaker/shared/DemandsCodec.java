package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.Check;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a node's page of demands: a version byte, then for each policy its name and the calls a second that are wanted, in thousandths, to the end. Policies that do not fit are not told; their
 * node gets its share as one that wants nothing.
 */
final class DemandsCodec {
    static final int VERSION = 1;
    private static final long MAX_THOUSANDTHS = 1_000_000_000_000_000L;

    private DemandsCodec() {}

    static byte[] encode(Map<String, Double> demands) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        for (Map.Entry<String, Double> entry : new TreeMap<>(demands).entrySet()) {
            int before = out.size();
            out.text(entry.getKey());
            out.number(Math.min(MAX_THOUSANDTHS, Math.round(entry.getValue() * 1000)));
            if (out.size() > Bulletin.MAX_VALUE_BYTES) {
                out.cutTo(before);
                break;
            }
        }
        return out.bytes();
    }

    /**
     * Reads a page of any origin.
     *
     * @throws ProtocolException if the bytes are no page of this version; ignore them
     */
    static Map<String, Double> decode(byte[] bytes) {
        WireReader in = new WireReader("page of demands", bytes);
        in.version("page of demands", VERSION);
        Map<String, Double> demands = new TreeMap<>();
        while (in.hasMore()) {
            String policy = in.text("policy", 63);
            try {
                Check.label("policy", policy);
            } catch (IllegalArgumentException e) {
                throw in.broken(String.valueOf(e.getMessage()));
            }
            long thousandths = in.number("demand");
            if (thousandths > MAX_THOUSANDTHS) {
                throw in.broken("demand (" + thousandths + ") must be at most " + MAX_THOUSANDTHS);
            }
            demands.put(policy, thousandths / 1000.0);
        }
        return demands;
    }
}
