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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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

    /** What a replica answered, or why none did. */
    private record Found(
            ConsensusPage page,
            @Nullable Answer state,
            @Nullable Throwable failure) {
        void write(JsonWriter json) {
            page.writeGroup(json);
            if (state != null) {
                InspectionPage.write(json, state);
            } else if (failure != null) {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                json.name("stateUnknown").value(cause.getMessage());
            }
            json.endObject();
        }
    }

    /** All groups, or the one of that name; empty for a node that takes no part. Their replicas are asked at the same time. */
    static CompletionStage<JsonWriter> of(
            Optional<List<ConsensusPage>> pages, Optional<String> group, Query.Inspect wanted) {
        CompletionStage<List<Found>> all = CompletableFuture.completedFuture(List.of());
        for (ConsensusPage page : pages.orElse(List.of())) {
            if (group.isEmpty() || group.get().equals(page.log.group().value())) {
                all = all.thenCombine(page.inspect(wanted), (before, next) -> {
                    List<Found> found = new ArrayList<>(before);
                    found.add(next);
                    return found;
                });
            }
        }
        return all.thenApply(found -> {
            JsonWriter json = new JsonWriter().object().name("enabled").value(pages.isPresent());
            json.name("groups").array();
            found.forEach(each -> each.write(json));
            return json.endArray().endObject();
        });
    }

    private CompletionStage<Found> inspect(Query.Inspect wanted) {
        Deadline deadline = Deadline.after(clock.nanoTime(), PATIENCE);
        return log.query(wanted.encode(), ReadConsistency.LOCAL, deadline)
                .thenApply(Answer::decode)
                .handle((state, failure) -> new Found(this, state, failure));
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

    private void writeGroup(JsonWriter json) {
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
