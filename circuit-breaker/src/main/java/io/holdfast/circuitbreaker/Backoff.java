package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.RetryConfig;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before a retry. Asked off the hot path, only after a failure. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface Backoff {
    /**
     * The wait before the next retry.
     *
     * @param made how many retries this call has made, 0 before the first
     * @param previous the wait before the last retry; {@link Duration#ZERO} before the first
     * @param error what the last attempt failed with
     * @return the wait; negative counts as zero, and what exceeds {@code max-backoff} is cut to it
     */
    Duration wait(int made, Duration previous, Throwable error);

    /**
     * The wait of a block of numbers.
     *
     * @param numbers strategy, first wait, longest wait, jitter
     * @param random chance; drawn under its own lock
     * @return the strategy with its numbers
     */
    static Backoff of(RetryConfig numbers, RandomGenerator random) {
        long first = numbers.backoff().toNanos();
        return switch (numbers.strategy()) {
            case EXPONENTIAL ->
                (made, previous, error) -> shortened(first * Math.pow(numbers.multiplier(), made), numbers, random);
            case FIBONACCI ->
                (made, previous, error) -> shortened((double) first * fibonacci(made + 1), numbers, random);
            case DECORRELATED ->
                (made, previous, error) -> cut(
                        first + drawn(random) * Math.max(0, 3.0 * Math.max(first, previous.toNanos()) - first),
                        numbers);
        };
    }

    private static Duration shortened(double nanos, RetryConfig numbers, RandomGenerator random) {
        double capped = Math.min(nanos, numbers.maxBackoff().toNanos());
        return Duration.ofNanos((long) (capped * (1 - numbers.jitter() * drawn(random))));
    }

    private static Duration cut(double nanos, RetryConfig numbers) {
        return Duration.ofNanos((long) Math.min(nanos, numbers.maxBackoff().toNanos()));
    }

    private static double drawn(RandomGenerator random) {
        synchronized (random) {
            return random.nextDouble();
        }
    }

    /** 1, 1, 2, 3, 5, ... */
    private static double fibonacci(int n) {
        double current = 1;
        double before = 0;
        for (int i = 1; i < n; i++) {
            double next = current + before;
            before = current;
            current = next;
        }
        return current;
    }
}
