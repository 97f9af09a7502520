package io.holdfast.admin;

import io.holdfast.core.DurationText;
import io.holdfast.core.slo.BurnAlert;
import io.holdfast.core.slo.SloBook;
import io.holdfast.core.slo.SloTracker;
import io.holdfast.json.JsonWriter;

/** What {@code /admin/slo} shows: each objective with its numbers, and the alerts that fire. As this node sees it, since its start. */
final class SloPage {
    private SloPage() {}

    static JsonWriter of(SloBook slos) {
        JsonWriter json = new JsonWriter().object().name("objectives").array();
        slos.trackers()
                .forEach((service, trackers) -> trackers.forEach(tracker -> objective(json, service, tracker, slos)));
        json.endArray().name("firing").array();
        slos.firing()
                .forEach(firing -> json.object()
                        .name("service")
                        .value(firing.service())
                        .name("objective")
                        .value(firing.objective().name())
                        .name("alert")
                        .value(firing.alert().name())
                        .name("severity")
                        .value(firing.alert().severity())
                        .endObject());
        return json.endArray().endObject();
    }

    private static void objective(JsonWriter json, String service, SloTracker tracker, SloBook slos) {
        json.object()
                .name("service")
                .value(service)
                .name("objective")
                .value(tracker.objective().name())
                .name("wanted")
                .value(tracker.objective().describe())
                .name("good")
                .value(tracker.good())
                .name("bad")
                .value(tracker.bad())
                .name("burnRate")
                .object();
        for (BurnAlert alert : BurnAlert.WORKBOOK) {
            json.name(alert.name())
                    .object()
                    .name(DurationText.of(alert.shortWindow()))
                    .value(slos.burnRate(tracker, alert.shortWindow()))
                    .name(DurationText.of(alert.longWindow()))
                    .value(slos.burnRate(tracker, alert.longWindow()))
                    .endObject();
        }
        json.endObject()
                .name("budgetRemaining")
                .value(1 - slos.burnRate(tracker, SloTracker.LONGEST))
                .endObject();
    }
}
