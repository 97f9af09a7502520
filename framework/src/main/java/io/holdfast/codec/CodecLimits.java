package io.holdfast.codec;

/**
 * What a decode may cost, whatever the bytes claim.
 *
 * @param maxDepth levels of arrays and records inside one another; the encoder refuses the same depth
 * @param maxTokens tokens and absent components in one message: bounds what many small or empty records in a small frame may allocate
 * @param maxCollisions pairs of set elements or map keys with one hash code in one message, for types that
 *     {@link java.util.HashMap} cannot order: bounds the CPU that keys made to collide may cost
 */
public record CodecLimits(int maxDepth, int maxTokens, int maxCollisions) {
    /**
     * Checks that every limit is positive.
     *
     * @param maxDepth see above
     * @param maxTokens see above
     * @param maxCollisions see above
     */
    public CodecLimits {
        if (maxDepth < 1 || maxTokens < 1 || maxCollisions < 1) {
            throw new IllegalArgumentException("maxDepth (%d), maxTokens (%d) and maxCollisions (%d) must be positive"
                    .formatted(maxDepth, maxTokens, maxCollisions));
        }
    }

    /**
     * 100 levels, a million tokens and 100,000 collisions, for the default frame of 4 MiB.
     *
     * @return the limits
     */
    public static CodecLimits standard() {
        return new CodecLimits(100, 1_000_000, 100_000);
    }
}
