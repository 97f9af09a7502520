package io.holdfast.rpc;

import io.holdfast.core.env.RandomSource;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes ids that tie the log lines of one request together: 32 hex digits, as a trace id. Safe for use by many threads. */
public final class CorrelationIds {
    private final RandomGenerator random;

    /**
     * Makes a source.
     *
     * @param random the node's source of chance
     */
    public CorrelationIds(RandomSource random) {
        this.random = random.split("correlation-ids");
    }

    /**
     * A new id.
     *
     * @return 32 hex digits
     */
    public synchronized String next() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
