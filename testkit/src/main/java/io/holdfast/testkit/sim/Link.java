package io.holdfast.testkit.sim;

import java.util.SplittableRandom;

/** One direction between two nodes. */
final class Link {
    private static final long RETRANSMIT_NANOS = 200_000_000L;
    private static final int MAX_REPEATS = (int) (SimWire.SILENCE.toNanos() / RETRANSMIT_NANOS);

    private long delayNanos;
    private long jitterNanos;
    private long lossBelow;
    private long duplicateBelow;
    private long reorderBelow;
    private long lastArrival;
    private boolean own;
    boolean cut;
    boolean connected;

    Link(LinkFaults usual) {
        faults(usual, false);
    }

    /** Takes faults of its own, which a change of the network's default leaves alone. */
    final void faults(LinkFaults faults, boolean ownFaults) {
        delayNanos = faults.delay().toNanos();
        jitterNanos = faults.jitter().toNanos();
        lossBelow = threshold(faults.loss());
        duplicateBelow = threshold(faults.duplicate());
        reorderBelow = threshold(faults.reorder());
        own = ownFaults;
    }

    boolean hasOwnFaults() {
        return own;
    }

    /** 53 bits, as a double has; a ratio of 1 is above every draw. */
    private static long threshold(double ratio) {
        return (long) (ratio * (1L << 53));
    }

    private static boolean strikes(long below, SplittableRandom random) {
        return below != 0 && (random.nextLong() >>> 11) < below;
    }

    boolean loses(SplittableRandom random) {
        return cut || strikes(lossBelow, random);
    }

    boolean duplicates(SplittableRandom random) {
        return strikes(duplicateBelow, random);
    }

    /** When a message sent now arrives: after those before it, unless it is one that is overtaken. */
    long arrival(long now, SplittableRandom random) {
        long travel = delayNanos + (jitterNanos == 0 ? 0 : (random.nextLong() >>> 1) % jitterNanos);
        if (strikes(reorderBelow, random)) {
            return now + travel + (random.nextLong() >>> 1) % (10 * (delayNanos + jitterNanos) + 1);
        }
        lastArrival = Math.max(lastArrival, now + travel);
        return lastArrival;
    }

    /**
     * When a segment of a byte stream arrives: in order, and later instead of never if it is lost or overtaken (the sender repeats it, RFC 6298). -1 if the repeats get lost
     * as well, until the sender gives the connection up.
     */
    long orderedArrival(long now, SplittableRandom random) {
        long travel = delayNanos + (jitterNanos == 0 ? 0 : (random.nextLong() >>> 1) % jitterNanos);
        if (strikes(reorderBelow, random)) {
            travel += (random.nextLong() >>> 1) % (10 * (delayNanos + jitterNanos) + 1);
        }
        for (int repeats = 0; strikes(lossBelow, random); repeats++) {
            if (repeats == MAX_REPEATS) {
                return -1;
            }
            travel += RETRANSMIT_NANOS;
        }
        lastArrival = Math.max(lastArrival, now + travel);
        return lastArrival;
    }
}
