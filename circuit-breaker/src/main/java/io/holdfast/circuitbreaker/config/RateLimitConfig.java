package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * How many calls begin in a period. A call beyond is refused at once with the time until the next period.
 *
 * @param limit how many calls begin in a period
 * @param period how long a period is
 */
public record RateLimitConfig(
        @Doc("How many calls may begin in a period; a further one is refused.")
        int limit,

        @Doc("How long a period is.") @Default("1s") Duration period) {
    /**
     * Validates the numbers.
     *
     * @param limit 1 to 100,000,000
     * @param period longer than zero
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public RateLimitConfig {
        Check.between("limit", limit, 1, 100_000_000);
        Check.positive("period", period);
    }
}
