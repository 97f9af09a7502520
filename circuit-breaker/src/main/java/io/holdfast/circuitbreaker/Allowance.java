package io.holdfast.circuitbreaker;

import java.util.concurrent.atomic.AtomicLong;

/** So many calls in a period, in one of three ways of counting. Safe for use by many threads. */
interface Allowance {
    /** Takes a call if one is left. */
    boolean take(long nowNanos);

    /** How long until the next call may be taken, by what has been taken so far; 0 if one is left. */
    long untilNextNanos(long nowNanos);

    /** Counts begin anew with each period: cheap, and up to twice the limit around a boundary. */
    final class Fixed implements Allowance {
        /** How many periods a thread may lie behind. Not half of all numbers, which begin anew after 2^32 periods: a limit of short periods that nobody used for weeks would seem to lie ahead. */
        private static final long MOST_AHEAD = 1 << 16;

        private final int limit;
        private final long periodNanos;
        private final long startNanos;
        private final AtomicLong state = new AtomicLong(); // the period's number above, the calls taken in it below

        Fixed(int limit, long periodNanos, long nowNanos) {
            this.limit = limit;
            this.periodNanos = periodNanos;
            this.startNanos = nowNanos;
        }

        /** The number of the period that counts now: a thread that read the clock before another one began the next period counts in that. */
        private long period(long nowNanos, long begun) {
            long own = own(nowNanos);
            return ((begun - own) & 0xFFFF_FFFFL) < MOST_AHEAD ? begun : own;
        }

        private long own(long nowNanos) {
            return Math.floorDiv(nowNanos - startNanos, periodNanos) & 0xFFFF_FFFFL;
        }

        @Override
        public boolean take(long nowNanos) {
            while (true) {
                long seen = state.get();
                long begun = seen >>> 32;
                long period = period(nowNanos, begun);
                long taken = begun == period ? seen & 0xFFFF_FFFFL : 0;
                if (taken >= limit) {
                    return false;
                }
                if (state.compareAndSet(seen, period << 32 | (taken + 1))) {
                    return true;
                }
            }
        }

        @Override
        public long untilNextNanos(long nowNanos) {
            long seen = state.get();
            long begun = seen >>> 32;
            long period = period(nowNanos, begun);
            if (begun != period || (seen & 0xFFFF_FFFFL) < limit) {
                return 0;
            }
            long ahead = (begun - own(nowNanos)) & 0xFFFF_FFFFL;
            return ahead * periodNanos + periodNanos - Math.floorMod(nowNanos - startNanos, periodNanos);
        }
    }

    /**
     * Counts what a window of one period that ends now holds: the calls of this period, and those of the one before by the share of it that the window still covers. Never more than the limit in any
     * window, if the calls of a period come evenly.
     */
    final class Sliding implements Allowance {
        private final int limit;
        private final long periodNanos;
        private long period; // guarded by this
        private long taken; // guarded by this
        private long before; // guarded by this

        Sliding(int limit, long periodNanos, long nowNanos) {
            this.limit = limit;
            this.periodNanos = periodNanos;
            this.period = Math.floorDiv(nowNanos, periodNanos);
        }

        @Override
        public synchronized boolean take(long nowNanos) {
            advance(nowNanos);
            if (taken + before * covered(nowNanos) > limit - 1) {
                return false;
            }
            taken++;
            return true;
        }

        private void advance(long nowNanos) {
            long now = Math.floorDiv(nowNanos, periodNanos);
            if (now > period) {
                before = now == period + 1 ? taken : 0;
                taken = 0;
                period = now;
            }
        }

        private double covered(long nowNanos) {
            return 1 - (double) Math.floorMod(nowNanos, periodNanos) / periodNanos;
        }

        @Override
        public synchronized long untilNextNanos(long nowNanos) {
            advance(nowNanos);
            if (taken + before * covered(nowNanos) <= limit - 1) {
                return 0;
            }
            long intoPeriod = Math.floorMod(nowNanos, periodNanos);
            long wait = taken < limit
                    ? fadedNanos(before, limit - 1 - taken) - intoPeriod
                    : periodNanos - intoPeriod + fadedNanos(taken, limit - 1);
            return Math.max(1, wait);
        }

        /** How far into a period the calls of the one before count no more than so many. */
        private long fadedNanos(long calls, long mayCount) {
            return (long) Math.ceil((1 - (double) mayCount / calls) * periodNanos);
        }
    }

    /**
     * Spreads calls evenly: one each {@code period / limit}, and up to {@code burst} at once after a quiet time. The generic cell rate algorithm (ITU-T I.371, annex A): one number, the time at which
     * the bucket would be empty.
     */
    final class Smooth implements Allowance {
        private final long intervalNanos;
        private final long toleranceNanos;
        private final AtomicLong emptyAtNanos;

        Smooth(int limit, int burst, long periodNanos, long nowNanos) {
            this.intervalNanos = Math.max(1, periodNanos / limit);
            this.toleranceNanos = (burst - 1) * intervalNanos;
            this.emptyAtNanos = new AtomicLong(nowNanos);
        }

        @Override
        public boolean take(long nowNanos) {
            while (true) {
                long seen = emptyAtNanos.get();
                long from = seen - nowNanos > 0 ? seen : nowNanos;
                if (from - nowNanos > toleranceNanos) {
                    return false;
                }
                if (emptyAtNanos.compareAndSet(seen, from + intervalNanos)) {
                    return true;
                }
            }
        }

        @Override
        public long untilNextNanos(long nowNanos) {
            return Math.max(0, emptyAtNanos.get() - nowNanos - toleranceNanos);
        }
    }
}
