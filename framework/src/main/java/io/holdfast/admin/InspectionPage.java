package io.holdfast.admin;

import io.holdfast.consensus.primitive.PermitDescription;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Inspection;
import io.holdfast.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** The part of {@code /admin/consensus} that a replica's state fills: sessions, and the names in use. */
final class InspectionPage {
    private static final long MILLI = 1_000_000;
    private static final Set<String> PERMITS = Set.of("lock", "read-write-lock", "semaphore", "election");
    /** A topic's next offset and a barrier's number of parties are rows of their own. */
    private static final Set<String> WITH_OWN_ROW = Set.of("topic", "barrier");

    private InspectionPage() {}

    static void write(JsonWriter json, Answer answer) {
        if (answer.status() != Answer.Status.OK) {
            json.name("stateUnknown").value(answer.words());
            return;
        }
        Inspection found = Inspection.decode(answer.payload());
        json.name("state")
                .object()
                .name("revision")
                .value(answer.revision())
                .name("names")
                .value(found.digest().resources())
                .name("sessions")
                .value(found.digest().sessions())
                .name("rows")
                .value(found.digest().rows())
                .name("bytes")
                .value(found.digest().bytes())
                .name("level")
                .value(found.digest().level())
                .endObject();
        sessions(json, found);
        json.name("names").array();
        found.kinds().forEach(kind -> kind(json, kind));
        json.endArray();
    }

    private static void sessions(JsonWriter json, Inspection found) {
        json.name("moreSessions").value(found.moreSessions()).name("sessions").array();
        for (Inspection.Resident session : found.sessions()) {
            json.object()
                    .name("id")
                    .value(session.id())
                    .name("node")
                    .value(session.owner())
                    .name("timeToLiveMs")
                    .value(session.ttlNanos() / MILLI)
                    .name("lastSeenMsAgo")
                    .value(session.quietNanos() / MILLI)
                    .name("holdsNames")
                    .value(session.holding())
                    .endObject();
        }
        json.endArray();
    }

    private static void kind(JsonWriter json, Inspection.Kind kind) {
        json.object()
                .name("type")
                .value(kind.name())
                .name("more")
                .value(kind.more())
                .name("used")
                .array();
        for (Inspection.Used used : kind.used()) {
            json.object()
                    .name("name")
                    .value(used.name())
                    .name("size")
                    .value(size(kind, used))
                    .name("bytes")
                    .value(used.bytes());
            if (PERMITS.contains(kind.name())) {
                permits(json, PermitDescription.decode(used.outline()));
            }
            json.endObject();
        }
        json.endArray().endObject();
    }

    /** Who holds and waits; entries, items, messages, parties; or 1. */
    private static int size(Inspection.Kind kind, Inspection.Used used) {
        if (PERMITS.contains(kind.name())) {
            PermitDescription permits = PermitDescription.decode(used.outline());
            return permits.taken() + permits.waiting();
        }
        return WITH_OWN_ROW.contains(kind.name()) ? used.rows() - 1 : used.rows();
    }

    private static void permits(JsonWriter json, PermitDescription permits) {
        json.name("permits")
                .value(permits.permits())
                .name("taken")
                .value(permits.taken())
                .name("waiting")
                .value(permits.waiting());
        claims(json.name("holders"), permits.holders(), "token");
        claims(json.name("waiters"), permits.waiters(), "place");
    }

    private static void claims(JsonWriter json, List<PermitDescription.Claim> claims, String number) {
        json.array();
        for (PermitDescription.Claim claim : claims) {
            json.object()
                    .name("node")
                    .value(new String(claim.owner(), StandardCharsets.UTF_8))
                    .name("session")
                    .value(claim.session())
                    .name(number)
                    .value(claim.number())
                    .name("permits")
                    .value(claim.permits())
                    .name("forMs")
                    .value(claim.ageNanos() / MILLI)
                    .endObject();
        }
        json.endArray();
    }
}
