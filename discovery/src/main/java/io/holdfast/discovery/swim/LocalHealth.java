package io.holdfast.discovery.swim;

/** How far this node trusts its own judgement: 0 when healthy, up to a bound when answers stay away (Lifeguard, section IV-A, the local health multiplier). */
final class LocalHealth {
    private final int max;
    private int score;

    LocalHealth(int max) {
        this.max = max;
    }

    /** Adds to the score within its bounds; true if it changed. */
    boolean add(int delta) {
        int before = score;
        score = Math.max(0, Math.min(max, score + delta));
        return score != before;
    }

    boolean worst() {
        return add(max);
    }

    int score() {
        return score;
    }

    long stretch(long nanos) {
        return nanos * (score + 1);
    }
}
