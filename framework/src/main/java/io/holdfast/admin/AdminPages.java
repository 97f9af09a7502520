package io.holdfast.admin;

import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.json.JsonWriter;
import java.util.Map;

/** The admin endpoint's documents. Each is a view of this node. */
final class AdminPages {
    private AdminPages() {}

    static JsonWriter health(Map<String, HealthCheck.Result> results) {
        JsonWriter json = new JsonWriter().object();
        json.name("status").value(isUp(results) ? "UP" : "DOWN").name("checks").array();
        results.forEach((name, result) -> json.object()
                .name("name")
                .value(name)
                .name("status")
                .value(result.up() ? "UP" : "DOWN")
                .name("detail")
                .value(result.detail())
                .endObject());
        return json.endArray().endObject();
    }

    static boolean isUp(Map<String, HealthCheck.Result> results) {
        return results.values().stream().allMatch(HealthCheck.Result::up);
    }

    static JsonWriter members(Membership membership) {
        JsonWriter json = new JsonWriter().object();
        json.name("clusterId").value(membership.clusterId().orElse(null));
        json.name("self").value(membership.self().id().value());
        json.name("members").array();
        for (Member member : membership.members()) {
            json.object()
                    .name("id")
                    .value(member.id().value())
                    .name("address")
                    .value(member.address().toString())
                    .name("zone")
                    .value(member.zone())
                    .name("state")
                    .value(member.state().name())
                    .name("incarnation")
                    .value(member.incarnation())
                    .endObject();
        }
        return json.endArray().endObject();
    }

    static JsonWriter services(ServiceDirectory directory) {
        JsonWriter json = new JsonWriter().object().name("services").array();
        for (ServiceName service : directory.services()) {
            json.object().name("name").value(service.value()).name("instances").array();
            for (ServiceInstance instance : directory.instances(service)) {
                instance(json, instance);
            }
            json.endArray().endObject();
        }
        return json.endArray().endObject();
    }

    private static void instance(JsonWriter json, ServiceInstance instance) {
        json.object()
                .name("node")
                .value(instance.node().value())
                .name("address")
                .value(instance.address().toString())
                .name("version")
                .value(instance.version())
                .name("zone")
                .value(instance.zone())
                .name("weight")
                .value(instance.weight())
                .name("ready")
                .value(instance.ready())
                .name("methods")
                .array();
        instance.methods().forEach(hash -> json.value(Integer.toHexString(hash)));
        json.endArray().name("tags").object();
        instance.tags().forEach((key, value) -> json.name(key).value(value));
        json.endObject().endObject();
    }

    /** The kept decisions, oldest first; an empty filter lets all pass. */
    static JsonWriter explain(FlightRecorder recorder, String area, String subject) {
        JsonWriter json = new JsonWriter().object().name("decisions").array();
        for (FlightRecorder.Entry entry : recorder.entries()) {
            if ((area.isEmpty() || entry.area().equals(area))
                    && (subject.isEmpty() || entry.subject().equals(subject))) {
                json.object()
                        .name("sequence")
                        .value(entry.sequence())
                        .name("at")
                        .value(entry.at().toString())
                        .name("area")
                        .value(entry.area())
                        .name("subject")
                        .value(entry.subject())
                        .name("decision")
                        .value(entry.decision())
                        .endObject();
            }
        }
        return json.endArray().endObject();
    }
}
