package io.holdfast.admin;

import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.group.GroupNode;
import io.holdfast.consensus.log.GroupLog;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Query;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership.Term;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.json.JsonWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * What {@code /admin/consensus} shows of a group: this node's part in it, and what a replica knows, read without asking a majority, so that it answers when the group does not.
 *
 * @param group this node's part in it
 * @param log its log
 * @param session this node's session, or 0 while it has none
 * @param clock limits the wait for another node's replica
 */
public record ConsensusPage(GroupNode group, GroupLog log, long session, MonotonicClock clock) {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    static CompletionStage<JsonWriter> of(Optional<ConsensusPage> page, Query.Inspect wanted) {
        if (page.isEmpty()) {
            return CompletableFuture.completedFuture(write(page, json -> {}));
        }
        return page.get()
                .inspect(wanted)
                .handle((found, error) -> write(page, json -> {
                    if (error == null) {
                        InspectionPage.write(json, found);
                    } else {
                        Throwable cause = error instanceof CompletionException && error.getCause() != null
                                ? error.getCause()
                                : error;
                        json.name("stateUnknown").value(cause.getMessage());
                    }
                }));
    }

    private CompletionStage<Answer> inspect(Query.Inspect wanted) {
        Deadline deadline = Deadline.after(clock.nanoTime(), PATIENCE);
        return log.query(wanted.encode(), ReadConsistency.LOCAL, deadline).thenApply(Answer::decode);
    }

    /** Writes what a replica answered. */
    private interface StatePart {
        void write(JsonWriter json);
    }

    private static JsonWriter write(Optional<ConsensusPage> page, StatePart state) {
        JsonWriter json = new JsonWriter().object().name("enabled").value(page.isPresent());
        json.name("groups").array();
        page.ifPresent(found -> found.writeGroup(json, state));
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

    private void writeGroup(JsonWriter json, StatePart state) {
        Term term = log.leadership().current();
        json.object()
                .name("group")
                .value(log.group().value())
                .name("leader")
                .value(leader(term).map(NodeId::value).orElse(null))
                .name("term")
                .value(term.epoch().value())
                .name("session")
                .value(session)
                .name("refusal")
                .value(group.refusal().orElse(null));
        group.replica().ifPresent(replica -> write(json, replica.status()));
        json.name("stateFrom").value(group.replica().isPresent() ? "this node" : "another node");
        state.write(json);
        json.endObject();
    }

    /** What others have said of the leader outlives it; a replica knows that it has lost one. */
    private Optional<NodeId> leader(Term known) {
        return group.replica().isPresent() ? known.leader() : known.leader().or(group::leader);
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
