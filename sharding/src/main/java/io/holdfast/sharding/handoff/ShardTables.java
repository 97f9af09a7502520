package io.holdfast.sharding.handoff;

import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Committed;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMapCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and commits what {@link ShardNode} asks for, and hands it the answers. Safe for use by many threads. */
class ShardTables {
    private static final Logger log = LoggerFactory.getLogger(ShardTables.class);
    /** A commit may take longer than a lease: it is not repeated before its outcome is known. */
    private static final int COMMIT_LEASES = 3;

    /** The map's lease may be longer than this node's own. */
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final String space;
    private final Host self;
    private final ReplicatedTable meta;
    private final List<ReplicatedTable> data;
    private final MonotonicClock clock;
    private final Duration lease;
    private final Consumer<ShardRequest> answers;
    private final Runnable notRead;

    ShardTables(
            String space,
            Host self,
            ReplicatedTable meta,
            List<ReplicatedTable> data,
            MonotonicClock clock,
            Duration lease,
            Consumer<ShardRequest> answers,
            Runnable notRead) {
        this.space = space;
        this.self = self;
        this.meta = meta;
        this.data = List.copyOf(data);
        this.clock = clock;
        this.lease = lease.compareTo(SHORTEST) < 0 ? SHORTEST : lease;
        this.answers = answers;
        this.notRead = notRead;
    }

    ReplicatedTable tableOf(int shard) {
        return data.get(shard % data.size());
    }

    String mapKey() {
        return "shards/" + space + "/map";
    }

    String fenceKey(int shard) {
        return "shards/" + space + "/fence/" + shard;
    }

    /** An answer that comes later than a lease lasts renews nothing. */
    void read(ShardEvent.ReadMap asked) {
        meta.get(mapKey(), ReadConsistency.LINEARIZABLE, within(1)).whenComplete((row, failure) -> {
            if (failure == null) {
                answer(
                        mapKey(),
                        () -> new ShardRequest.MapRead(
                                asked.beganNanos(),
                                asked.known(),
                                row.map(found -> ShardMapCodec.decode(found.value()))));
            } else {
                log.debug("map of space {} is not read: {}", space, failure.toString());
                notRead.run();
            }
        });
    }

    void commit(ShardEvent.CommitMap asked) {
        commit(
                meta,
                mapKey(),
                asked.expected(),
                ShardMapCodec.encode(asked.next()),
                outcome -> new ShardRequest.MapCommitted(asked.number(), outcome));
    }

    void read(ShardEvent.ReadFence asked) {
        String key = fenceKey(asked.shard());
        tableOf(asked.shard()).get(key, ReadConsistency.LINEARIZABLE, within(1)).whenComplete((row, failure) -> {
            if (failure == null) {
                answer(
                        key,
                        () -> new ShardRequest.FenceRead(asked.shard(), asked.epoch(), row.map(FenceCodec::decode)));
            } else {
                log.debug("fence of shard {} is not read: {}", asked.shard(), failure.toString());
            }
        });
    }

    void commit(ShardEvent.CommitFence asked) {
        byte[] value = FenceCodec.encode(asked.epoch(), self);
        commit(
                tableOf(asked.shard()),
                fenceKey(asked.shard()),
                asked.expected(),
                value,
                outcome -> new ShardRequest.FenceCommitted(asked.shard(), asked.epoch(), asked.expected(), outcome));
    }

    private Deadline within(int leases) {
        return Deadline.after(clock.nanoTime(), lease.multipliedBy(leases));
    }

    private interface Answer {
        ShardRequest of(ShardRequest.Outcome outcome);
    }

    private void commit(ReplicatedTable table, String key, long expected, byte[] value, Answer answer) {
        table.commit(conditions(key, expected), List.of(Change.put(key, value)), within(COMMIT_LEASES))
                .whenComplete((done, failure) -> answers.accept(answer.of(outcome(done, failure))));
    }

    /** A test leaves the condition out. */
    List<Condition> conditions(String key, long expected) {
        return List.of(new Condition(key, expected));
    }

    private static ShardRequest.Outcome outcome(@Nullable Committed done, @Nullable Throwable failure) {
        if (failure == null && done != null) {
            return done.applied() ? ShardRequest.Outcome.APPLIED : ShardRequest.Outcome.REFUSED;
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof NotAppliedException || cause instanceof OverloadedException
                ? ShardRequest.Outcome.REFUSED
                : ShardRequest.Outcome.UNKNOWN;
    }

    private interface Decoding {
        ShardRequest run();
    }

    /** A row that this build cannot read is no answer: nothing is renewed, and nothing fenced. */
    private void answer(String key, Decoding decoding) {
        ShardRequest decoded;
        try {
            decoded = decoding.run();
        } catch (ProtocolException e) {
            log.error("row {} of space {} cannot be read: {}", key, space, e.getMessage());
            return;
        }
        answers.accept(decoded);
    }
}
