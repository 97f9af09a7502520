package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.load.KindReport;
import io.holdfast.examples.streaming.load.LoadReport;
import java.util.Map;

/**
 * What a fleet under load showed from the moment on in which something went wrong.
 *
 * @param seconds how long the load went on
 * @param kinds what became of the requests of each kind
 * @param personalised how many home pages had picks for their user
 * @param asked how many calls reached recommendation
 * @param settledSeconds after how long the policy had done what it is there for, as far as the scenario looks for that
 * @param whole what the whole load saw
 */
record Observed(
        double seconds,
        Map<String, KindReport> kinds,
        long personalised,
        double asked,
        double settledSeconds,
        LoadReport whole) {
    KindReport of(String kind) {
        return kinds.getOrDefault(kind, KindReport.NONE);
    }

    KindReport home() {
        return of(Viewers.HOME);
    }

    /** Home pages that somebody asked for. */
    long pages() {
        return home().answered() + home().failed();
    }

    long failed() {
        return kinds.values().stream().mapToLong(KindReport::failed).sum();
    }

    long answered() {
        return kinds.values().stream().mapToLong(KindReport::answered).sum();
    }
}
