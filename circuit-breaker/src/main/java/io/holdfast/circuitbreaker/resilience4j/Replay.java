package io.holdfast.circuitbreaker.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the window of a breaker over into an empty closed one as counts of good, failed and slow calls. Resilience4j has no other way in than call by call, and judges after each: so the order is one
 * in which it comes to the judgement that all of them together deserve, not to a harsher one midway. In a window of very few calls there may be no such order; then some are left out. For use by one
 * thread.
 */
final class Replay {
    private static final RuntimeException REPLAYED = new ReplayedFailure();

    private enum Kind {
        GOOD(0, 0),
        SLOW(0, 1),
        FAILED(1, 0),
        SLOW_FAILED(1, 1);

        private final int failed;
        private final int slow;

        Kind(int failed, int slow) {
            this.failed = failed;
            this.slow = slow;
        }
    }

    /** So many calls, of which so many failed and so many were slow. */
    private record Counts(int calls, int failed, int slow) {
        Counts and(Kind kind) {
            return new Counts(calls + 1, failed + kind.failed, slow + kind.slow);
        }
    }

    private final CircuitBreaker to;
    private final int minimumCalls;
    private final float failureThreshold;
    private final float slowThreshold;
    private final long slowNanos;
    private final int[] left;

    /**
     * Prepares a replay.
     *
     * @param of the window
     * @param old the numbers that it was counted by
     * @param to an empty breaker
     * @param numbers the numbers of that breaker
     */
    Replay(CircuitBreaker.Metrics of, CircuitBreakerConfig old, CircuitBreaker to, CircuitBreakerConfig numbers) {
        this.to = to;
        boolean counts = numbers.window() == CircuitBreakerConfig.Window.COUNT;
        this.minimumCalls = counts ? Math.min(numbers.minimumCalls(), numbers.windowSize()) : numbers.minimumCalls();
        this.failureThreshold = (float) (numbers.failureRateThreshold() * 100);
        this.slowThreshold = (float) (numbers.slowCallRateThreshold() * 100);
        this.slowNanos = 1
                + Math.max(
                        old.slowCallDuration().toNanos(),
                        numbers.slowCallDuration().toNanos());
        int buffered = of.getNumberOfBufferedCalls();
        double share = counts && buffered > numbers.windowSize() ? (double) numbers.windowSize() / buffered : 1;
        int slowGood = of.getNumberOfSlowSuccessfulCalls();
        int slowFailed = of.getNumberOfSlowFailedCalls();
        this.left = new int[] {
            (int) ((of.getNumberOfSuccessfulCalls() - slowGood) * share),
            (int) (slowGood * share),
            (int) ((of.getNumberOfFailedCalls() - slowFailed) * share),
            (int) (slowFailed * share)
        };
    }

    void run() {
        Counts all = new Counts(0, 0, 0);
        for (Kind kind : Kind.values()) {
            int calls = left[kind.ordinal()];
            all = new Counts(all.calls() + calls, all.failed() + calls * kind.failed, all.slow() + calls * kind.slow);
        }
        boolean opens = isBeyond(all);
        Counts made = new Counts(0, 0, 0);
        for (Kind kind = next(made, opens); kind != null; kind = next(made, opens)) {
            left[kind.ordinal()]--;
            made = made.and(kind);
            long nanos = kind.slow == 0 ? 0 : slowNanos;
            if (kind.failed == 0) {
                to.onSuccess(nanos, TimeUnit.NANOSECONDS);
            } else {
                to.onError(nanos, TimeUnit.NANOSECONDS, REPLAYED);
            }
        }
    }

    /** The good ones first; of the others always one that takes the worse of the two rates up the least. */
    private @Nullable Kind next(Counts made, boolean opens) {
        Kind best = null;
        for (Kind kind : Kind.values()) {
            if (left[kind.ordinal()] == 0 || (!opens && isBeyond(made.and(kind)))) {
                continue;
            }
            if (kind == Kind.GOOD) {
                return kind;
            }
            if (best == null || strain(made.and(kind)) < strain(made.and(best))) {
                best = kind;
            }
        }
        return best;
    }

    private float strain(Counts counts) {
        return Math.max(
                percent(counts.failed(), counts) / failureThreshold, percent(counts.slow(), counts) / slowThreshold);
    }

    /** As Resilience4j judges. */
    private boolean isBeyond(Counts counts) {
        return counts.calls() >= minimumCalls
                && (percent(counts.failed(), counts) >= failureThreshold
                        || percent(counts.slow(), counts) >= slowThreshold);
    }

    private static float percent(int part, Counts of) {
        return of.calls() == 0 ? 0 : part * 100f / of.calls();
    }

    private static final class ReplayedFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReplayedFailure() {
            super("a failure taken over from before a change of the numbers", null, false, false);
        }
    }
}
