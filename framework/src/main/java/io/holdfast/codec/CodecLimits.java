package io.holdfast.codec;

/**
 * What a decode may cost, whatever the bytes claim.
 *
 * @param maxDepth levels of arrays and records inside one another; the encoder refuses the same depth
 * @param maxTokens tokens and absent components in one message: bounds what many small or empty records in a small frame may allocate
 */
public record CodecLimits(int maxDepth, int maxTokens) {
    /** Checks that every limit is positive. */
    public CodecLimits {
        if (maxDepth < 1 || maxTokens < 1) {
            throw new IllegalArgumentException(
                    "maxDepth (%d) and maxTokens (%d) must be positive".formatted(maxDepth, maxTokens));
        }
    }

    /** 100 levels and a million tokens, for the default frame of 4 MiB. */
    public static CodecLimits standard() {
        return new CodecLimits(100, 1_000_000);
    }
}
