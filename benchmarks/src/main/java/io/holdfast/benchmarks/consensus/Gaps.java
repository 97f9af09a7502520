package io.holdfast.benchmarks.consensus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds the longest time without a done write, before and after the leader was killed. Safe for use by many threads. */
final class Gaps {
    private final List<Long> doneNanos = new ArrayList<>();
    private long notSent;
    private long failed;
    private String lastError = "";

    /**
     * What came out.
     *
     * @param atKillMillis the longest gap that ended after the kill
     * @param beforeMillis the longest gap before it: a peer that stalls while nobody is killed
     * @param done writes that were done
     * @param failed writes that failed or whose outcome is not known
     * @param notSent writes that were due while too many waited
     * @param lastError what the last failure said, or empty
     */
    record Outcome(double atKillMillis, double beforeMillis, long done, long failed, long notSent, String lastError) {
        /** One line, for {@link #parse}. */
        String line() {
            return String.format(
                    Locale.ROOT, "%.3f %.3f %d %d %d %s", atKillMillis, beforeMillis, done, failed, notSent, lastError);
        }

        static Outcome parse(String line) {
            String[] parts = line.split(" ", 6);
            return new Outcome(
                    Double.parseDouble(parts[0]),
                    Double.parseDouble(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    Long.parseLong(parts[4]),
                    parts[5]);
        }
    }

    synchronized void done(long nanos) {
        doneNanos.add(nanos);
    }

    synchronized void failed(Throwable reason) {
        failed++;
        lastError = reason.toString().replace('\n', ' ');
    }

    synchronized void notSent() {
        notSent++;
    }

    /**
     * Judges the run.
     *
     * @param beginNanos from when on gaps count
     * @param killNanos when the leader was killed
     * @param endNanos the end of the run: with no write after the kill the gap lasts until here, and longer
     */
    synchronized Outcome between(long beginNanos, long killNanos, long endNanos) {
        long last = beginNanos;
        long before = 0;
        long atKill = 0;
        List<Long> ends = new ArrayList<>(doneNanos.stream().sorted().toList());
        ends.add(endNanos);
        for (long end : ends) {
            if (end < beginNanos || end > endNanos) {
                continue;
            }
            if (end <= killNanos) {
                before = Math.max(before, end - last);
            } else {
                atKill = Math.max(atKill, end - last);
            }
            last = end;
        }
        return new Outcome(atKill / 1e6, before / 1e6, doneNanos.size(), failed, notSent, lastError);
    }
}
