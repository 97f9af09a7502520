package io.holdfast.replication.quorum;

import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the committed rows of the ring every second, and more often while there is none: tells the protocol of a newer ring, commits what this node wishes and how far it is, and, on whoever leads the group of the rows, the ring that follows. Two who think
 * that they lead cannot both commit. Safe for use by many threads.
 */
final class RingKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RingKeeper.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    /** While there is no ring, a member that starts is not ready: it waits for nothing but this. */
    private static final Duration PERIOD_AT_FOUNDING = Duration.ofMillis(100);

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /** How long the first ring waits for more than those that have come. */
    private static final Duration FOUNDING = Duration.ofSeconds(2);

    private final RingTable table;
    private final RingMember self;
    private final int replicas;
    private final Membership membership;
    private final Leadership leadership;
    private final Environment environment;
    private final FlightRecorder recorder;
    private final Consumer<Ring> listener;
    private boolean member; // guarded by this, as all below
    private boolean closed;
    private boolean looking;
    private boolean again;
    private long filled;
    private long foundingSince = Long.MIN_VALUE;
    private @Nullable String trouble;
    private volatile RingTable.@Nullable View view;
    private volatile @Nullable Registration next;

    RingKeeper(
            RingTable table,
            RingMember self,
            boolean member,
            int replicas,
            QuorumSpace.Surroundings surroundings,
            Consumer<Ring> listener) {
        this.table = table;
        this.self = self;
        this.member = member;
        this.replicas = replicas;
        this.membership = surroundings.membership();
        this.leadership = surroundings.leadership();
        this.environment = surroundings.environment();
        this.recorder = surroundings.telemetry().recorder();
        this.listener = listener;
        tick();
    }

    private void tick() {
        look();
        synchronized (this) {
            if (!closed) {
                next = environment.scheduler().schedule(isFounding() ? PERIOD_AT_FOUNDING : PERIOD, this::tick);
            }
        }
    }

    /** One look is under way at a time, so while no leader is known this asks no more often than its patience. */
    private boolean isFounding() {
        RingTable.View seen = view;
        return member && (seen == null || seen.ring().epoch() == 0);
    }

    /** Looks now; once more afterwards, if it looks already. */
    void look() {
        synchronized (this) {
            if (closed || looking) {
                again = looking;
                return;
            }
            looking = true;
        }
        read().thenCompose(this::act).whenComplete((done, failure) -> {
            boolean more;
            synchronized (this) {
                looking = false;
                more = again;
                again = false;
                complain(failure == null ? null : failure.getMessage());
            }
            if (more) {
                look();
            }
        });
    }

    private CompletionStage<RingTable.View> read() {
        try {
            return table.read(deadline());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void complain(@Nullable String now) {
        if (now != null && trouble == null && !closed) {
            log.info(
                    "the ring of node {} is not read: {}; data is read and written by the ring that is known",
                    self.node(),
                    now);
        }
        trouble = now;
    }

    private Deadline deadline() {
        return Deadline.after(environment.clock().nanoTime(), PATIENCE);
    }

    private CompletionStage<?> act(RingTable.View seen) {
        view = seen;
        if (seen.ring().epoch() > 0) {
            listener.accept(seen.ring());
        }
        CompletionStage<?> own = own(seen);
        return own != null ? own : leadership.isLeader() ? lead(seen) : CompletableFuture.completedFuture(seen);
    }

    /** What this node has to commit about itself. */
    private @Nullable CompletionStage<?> own(RingTable.View seen) {
        long epoch;
        boolean wishes;
        synchronized (this) {
            epoch = filled;
            wishes = member;
        }
        RingMember wish = seen.wishing().get(self.node());
        if (wishes && !self.equals(wish)) {
            return table.wish(self, deadline());
        }
        RingPlan.Report report = new RingPlan.Report(epoch, self.store());
        boolean news = !report.equals(seen.reports().get(self.node()));
        return epoch > 0 && news && seen.ring().has(self.node()) ? table.report(self.node(), report, deadline()) : null;
    }

    private CompletionStage<?> lead(RingTable.View seen) {
        Optional<Ring> following = seen.ring().epoch() == 0
                ? founded(seen)
                : RingPlan.next(seen.ring(), seen.wishing(), seen.reports(), seen.removed()::contains);
        if (following.isEmpty()) {
            return forget(seen);
        }
        Ring ring = following.get();
        return table.commit(ring, seen.version(), deadline()).thenAccept(done -> {
            if (!done.applied()) {
                return; // another was faster
            }
            recorder.record("ring", "ring", "epoch " + ring.epoch() + " " + ring.phase() + ": " + ring.nodes());
            log.info("ring of epoch {}: {}, members {}", ring.epoch(), ring.phase(), ring.nodes());
            synchronized (this) {
                again = true;
            }
        });
    }

    /** The first ring waits a while for as many members as a row has replicas: each that comes later moves rows. */
    private Optional<Ring> founded(RingTable.View seen) {
        long now = environment.clock().nanoTime();
        synchronized (this) {
            if (seen.wishing().isEmpty()) {
                return Optional.empty();
            }
            if (foundingSince == Long.MIN_VALUE) {
                foundingSince = now;
            }
            boolean waited = now - foundingSince >= FOUNDING.toNanos();
            return waited
                            || seen.wishing().size()
                                    >= Math.max(replicas, membership.members().size())
                    ? Optional.of(RingPlan.founded(seen.wishing()))
                    : Optional.empty();
        }
    }

    private CompletionStage<?> forget(RingTable.View seen) {
        Set<NodeId> strangers = new HashSet<>(seen.reports().keySet());
        strangers.addAll(seen.removed());
        strangers.removeIf(node -> seen.ring().has(node) || seen.wishing().containsKey(node));
        return strangers.isEmpty()
                ? CompletableFuture.completedFuture(seen)
                : table.forget(List.copyOf(strangers), deadline());
    }

    void filled(long epoch) {
        synchronized (this) {
            filled = Math.max(filled, epoch);
        }
        look();
    }

    /** From now on this node wishes to keep no rows. */
    CompletionStage<?> withdraw() {
        synchronized (this) {
            member = false;
        }
        return table.withdraw(self.node(), deadline()).thenRun(this::look);
    }

    CompletionStage<?> remove(NodeId node) {
        return table.remove(node, deadline()).thenRun(this::look);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        Registration planned = next;
        if (planned != null) {
            planned.close();
        }
    }
}
