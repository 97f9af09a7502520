package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.Digest;
import io.holdfast.consensus.state.Query;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which operations a group may be given. Each operation names the feature level that brought it, and a replica of an older build would stop at it; so a node sends none before the group has
 * agreed, by a command in its log, that every member knows that level. The leader proposes it by itself, a few seconds after the last member was upgraded. A level is never taken back: a build that does
 * not know it cannot keep a replica any more, but may use the group.
 *
 * <p>Safe for use by many threads.
 */
public final class FeatureLevel implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(FeatureLevel.class);

    private final ReplicatedLog log;
    private final MemberLevels members;
    private final int supported;
    private final Environment environment;
    private final AtomicInteger known = new AtomicInteger(1);
    private volatile String told = "";
    private volatile boolean closed;

    private FeatureLevel(ReplicatedLog log, MemberLevels members, int supported, Environment environment) {
        this.log = log;
        this.members = members;
        this.supported = supported;
        this.environment = environment;
    }

    /**
     * Looks after the level from now on, whenever this node leads.
     *
     * @param log the group's log on this node; stays the caller's
     * @param members which levels the members' builds know; stays the caller's
     * @param supported the level of this build, see {@link io.holdfast.consensus.state.PrimitiveMachine#level}
     * @param environment clocks and timers
     * @return the level
     */
    public static FeatureLevel start(ReplicatedLog log, MemberLevels members, int supported, Environment environment) {
        FeatureLevel level = new FeatureLevel(log, members, supported, environment);
        level.later();
        return level;
    }

    /** Only looks what the level is, and raises nothing. */
    static FeatureLevel of(ReplicatedLog log, Environment environment) {
        return new FeatureLevel(log, deadline -> CompletableFuture.completedFuture(Map.of()), 1, environment);
    }

    /** What the group was at when this node asked last. */
    int known() {
        return known.get();
    }

    /**
     * Makes sure that the group is at a level.
     *
     * @return completes if it is; fails with {@link NotAppliedException}, which names the nodes to upgrade, if it is not, or if the group does not answer
     */
    CompletionStage<Void> require(int level, Deadline deadline) {
        return present(deadline)
                .handle((now, error) -> {
                    if (error != null) {
                        return CompletableFuture.<Void>failedFuture(new NotAppliedException(
                                "an operation needs feature level "
                                        + level + ", and group " + log.group() + " could not be asked for its own: "
                                        + error.getMessage() + "; try again",
                                error));
                    }
                    return now >= level
                            ? CompletableFuture.<Void>completedFuture(null)
                            : members.ask(deadline).thenCompose(levels -> refuse(level, now, levels));
                })
                .thenCompose(stage -> stage);
    }

    private CompletionStage<Void> refuse(int level, int now, Map<NodeId, Integer> levels) {
        String behind = behind(level, levels);
        return CompletableFuture.failedFuture(new NotAppliedException("an operation needs feature level " + level
                + ", group " + log.group() + " is at " + now + "; "
                + (behind.isEmpty() ? "all members are ready, so try again in a few seconds" : "upgrade " + behind)));
    }

    private static String behind(int level, Map<NodeId, Integer> levels) {
        return levels.entrySet().stream()
                .filter(entry -> entry.getValue() < level)
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> "node " + entry.getKey()
                        + (entry.getValue() == 0 ? " (no answer)" : " (knows " + entry.getValue() + ")"))
                .collect(Collectors.joining(", "));
    }

    private CompletionStage<Integer> present(Deadline deadline) {
        return log.query(new Query.Describe().encode(), ReadConsistency.LINEARIZABLE, deadline)
                .thenApply(bytes -> {
                    Answer answer = Answer.decode(bytes);
                    if (answer.status() != Answer.Status.OK) {
                        throw new RefusedException(answer.words());
                    }
                    int level = Digest.decode(answer.payload()).level();
                    return known.accumulateAndGet(level, Math::max);
                });
    }

    /** Nothing is left to do once the group is at the level of this build. */
    private void later() {
        if (!closed && known.get() < supported) {
            environment.scheduler().schedule(INTERVAL, this::look);
        }
    }

    private void look() {
        if (!closed && log.leadership().isLeader()) {
            Deadline deadline = Deadline.after(environment.clock().nanoTime(), PATIENCE);
            present(deadline)
                    .thenCompose(now -> members.ask(deadline))
                    .thenAccept(this::raise)
                    .whenComplete((done, error) -> {
                        if (error != null) {
                            LOG.debug(
                                    "group {}: the feature level is looked at later: {}",
                                    log.group(),
                                    error.toString());
                        }
                    });
        }
        later();
    }

    private void raise(Map<NodeId, Integer> levels) {
        int now = known.get();
        int all = levels.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        int next = Math.min(all, supported);
        if (next > now) {
            LOG.info("group {}: every member knows feature level {}, so it is raised", log.group(), next);
            log.propose(
                    new Command.Raise(next).encode(),
                    Deadline.after(environment.clock().nanoTime(), PATIENCE));
        } else if (now < supported) {
            tell("group " + log.group() + " stays at feature level " + now + " until these are upgraded: "
                    + behind(now + 1, levels));
        }
    }

    private void tell(String text) {
        if (!text.equals(told)) {
            told = text;
            LOG.info(text);
        }
    }

    /** Raises no more. */
    @Override
    public void close() {
        closed = true;
    }
}
