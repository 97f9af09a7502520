package io.holdfast.admin;

import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.group.GroupNode;
import io.holdfast.consensus.log.GroupLog;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership.Term;
import io.holdfast.json.JsonWriter;
import java.util.Optional;

/**
 * What {@code /admin/consensus} shows of a group.
 *
 * @param group this node's part in it
 * @param log its log
 * @param session this node's session, or 0 while it has none
 */
public record ConsensusPage(GroupNode group, GroupLog log, long session) {
    static JsonWriter of(Optional<ConsensusPage> page) {
        JsonWriter json = new JsonWriter().object().name("enabled").value(page.isPresent());
        json.name("groups").array();
        page.ifPresent(found -> found.write(json));
        return json.endArray().endObject();
    }

    static JsonWriter backup(Backup taken) {
        return new JsonWriter()
                .object()
                .name("file")
                .value(taken.file().toString())
                .name("bytes")
                .value(taken.size())
                .name("sha256")
                .value(taken.sha256())
                .name("revision")
                .value(taken.manifest().contents().revision())
                .name("rows")
                .value(taken.manifest().contents().rows())
                .endObject();
    }

    private void write(JsonWriter json) {
        Term term = log.leadership().current();
        json.object()
                .name("group")
                .value(log.group().value())
                .name("leader")
                .value(group.leader().or(term::leader).map(NodeId::value).orElse(null))
                .name("term")
                .value(term.epoch().value())
                .name("applied")
                .value(log.applied())
                .name("session")
                .value(session)
                .name("refusal")
                .value(group.refusal().orElse(null));
        group.replica().ifPresent(replica -> write(json, replica.status()));
        json.endObject();
    }

    private static void write(JsonWriter json, ReplicaStatus replica) {
        json.name("replica")
                .object()
                .name("peer")
                .value(replica.self().toString())
                .name("role")
                .value(replica.role().name())
                .name("ready")
                .value(replica.ready())
                .name("term")
                .value(replica.term())
                .name("committed")
                .value(replica.committed())
                .name("applied")
                .value(replica.applied())
                .name("lag")
                .value(Math.max(0, replica.committed() - replica.applied()))
                .name("failure")
                .value(replica.failure().orElse(null))
                .name("voters")
                .array();
        for (PeerId voter : replica.voters().current()) {
            json.value(voter.toString());
        }
        json.endArray().endObject();
    }
}
