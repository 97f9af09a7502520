package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.storage.VoteCopy;
import io.holdfast.core.GroupId;
import io.holdfast.core.env.FileCells;
import io.holdfast.core.env.Registration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One replica: a Ratis server of one group, and what this module wants to know of it. */
final class Replica implements RaftReplica {
    private static final Logger log = LoggerFactory.getLogger(Replica.class);

    private final Wiring wiring;
    private final Runnable whenClosed;
    private final WireClient client;
    private final ReplicaMeters meters;
    private final Appends appends;
    private final ReplicaMachine machine;
    private final ReplicaThreads threads;
    private final Leading leading;
    private final ReplicaView view;
    private final AtomicLong unique = new AtomicLong();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean changing = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<WireAppender> appenders = ConcurrentHashMap.newKeySet();
    private volatile @Nullable RaftServer server;
    private volatile RaftServer.@Nullable Division division;
    private volatile @Nullable FileCells storage;
    private volatile @Nullable VoteCopy voteCopy;
    private volatile @Nullable SnapshotArrival arrival;
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    Replica(Wiring wiring, EntryApplier applier, Runnable whenClosed) {
        this.wiring = wiring;
        this.whenClosed = whenClosed;
        this.client = new WireClient(wiring);
        this.meters = new ReplicaMeters(wiring);
        this.appends = new Appends(wiring, meters);
        this.machine = new ReplicaMachine(this, applier);
        this.threads = new ReplicaThreads(this);
        this.leading = new Leading(this);
        this.view = new ReplicaView(wiring, machine);
    }

    /** To be called before anything is said that binds this replica in a term or by a vote. */
    void keepVote() throws IOException {
        VoteCopy known = voteCopy;
        if (known != null) {
            known.keep();
        }
    }

    /** As {@link #keepVote}, if only the term counts. */
    void keepTerm(long term) throws IOException {
        VoteCopy known = voteCopy;
        if (known != null && term > known.term()) {
            known.keep();
        }
    }

    /** Locks the storage until the replica closes. */
    void holds(FileCells cells) {
        storage = cells;
    }

    /** The applier's state is where the group begins. */
    void seed() {
        machine.seed();
    }

    /** Where what has arrived of a snapshot is kept. */
    SnapshotArrival arrival() {
        return Objects.requireNonNull(arrival);
    }

    /** A snapshot becomes the newest that this replica has. */
    void publish(SnapshotFile file) {
        machine.publish(file);
    }

    /** Of the snapshots that were to be installed only this one goes on. */
    void installs(String requestId) {
        machine.installs(requestId);
    }

    void start(Path directory, RaftGroup raftGroup, StartupOption option) throws IOException {
        arrival = new SnapshotArrival(directory.resolveSibling("arrivals"));
        RatisMetrics.show(memberName(), meters);
        RaftServer started = RaftServer.newBuilder()
                .setServerId(wiring.selfId())
                .setGroup(raftGroup)
                .setOption(option)
                .setProperties(RatisProperties.of(wiring.node().config(), directory))
                .setParameters(WireRpcType.parameters(this))
                .setStateMachineRegistry(group -> machine)
                .setThreadGroup(threads)
                .build();
        server = started;
        division = started.getDivision(wiring.groupId());
        voteCopy = new VoteCopy(
                directory.resolve(wiring.groupId().getUuid().toString()).resolve("current"),
                Objects.requireNonNull(storage));
        started.start();
        keepVote();
        meters.showStatus(this::status);
        leading.start();
    }

    private String memberName() {
        return RaftGroupMemberId.valueOf(wiring.selfId(), wiring.groupId()).toString();
    }

    // ---- for the other parts ---------------------------------------------------------------------------------

    Wiring wiring() {
        return wiring;
    }

    WireClient client() {
        return client;
    }

    ReplicaMeters meters() {
        return meters;
    }

    Appends appends() {
        return appends;
    }

    RaftServer server() {
        return Objects.requireNonNull(server);
    }

    RaftServer.Division division() {
        return Objects.requireNonNull(division);
    }

    /** The end of the log, or of the snapshot if no entry follows it; null if there is neither. */
    @Nullable TermIndex lastEntry() {
        TermIndex end = division().getRaftLog().getLastEntryTermIndex();
        SnapshotInfo snapshot = end == null ? machine.getLatestSnapshot() : null;
        return snapshot == null ? end : snapshot.getTermIndex();
    }

    Set<WireAppender> appenders() {
        return appenders;
    }

    void leadsTo(WireAppender appender) {
        appenders.add(appender);
    }

    void leadsNoMoreTo(WireAppender appender) {
        appenders.remove(appender);
    }

    ReplicaThreads threads() {
        return threads;
    }

    String uniqueId() {
        return Long.toHexString(wiring.nowNanos()) + "-" + unique.incrementAndGet();
    }

    void heardFromLeader() {
        view.heardFromLeader();
    }

    boolean isClosed() {
        return closed.get();
    }

    void askForSnapshot() {
        leading.askForSnapshot();
    }

    /** Tells the listeners soon, on the engine's thread. */
    void changed() {
        if (changing.compareAndSet(false, true)) {
            try {
                wiring.node().work().execute(this::tellListeners);
            } catch (RejectedExecutionException e) {
                changing.set(false); // the engine stops
            }
        }
    }

    private void tellListeners() {
        changing.set(false);
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.error("a listener of raft group {} failed; the others are told", wiring.group(), e);
            }
        }
    }

    /** What only people can mend. */
    void alarm(String what) {
        log.error("raft group {}, replica {}: {}", wiring.group(), wiring.self(), what);
        meters.alarm();
        wiring.node().telemetry().recorder().record("raft", wiring.group().value(), what);
    }

    /** The replica can serve no more, and is stopped. The first reason stays. */
    void fail(String reason, @Nullable Throwable cause) {
        if (failing(reason, cause)) {
            wiring.node().environment().threads().start("raft-" + wiring.group() + "-stop", this::stopServer);
        }
    }

    /**
     * As {@link #fail}, from Ratis' applying thread, which throws next and then stops the replica itself: if a stop from outside came first, that thread would spin for ever. It takes no
     * lock: whoever closes the replica holds one, and waits for the very threads that call this.
     *
     * @return whether this is the first reason
     */
    boolean failing(String reason, @Nullable Throwable cause) {
        if (closed.get() || !failure.compareAndSet(null, reason)) {
            return false;
        }
        log.error("raft group {}, replica {} stops", wiring.group(), wiring.self(), cause);
        alarm(reason);
        changed();
        return true;
    }

    // ---- status ----------------------------------------------------------------------------------------------

    @Override
    public GroupId group() {
        return wiring.group();
    }

    @Override
    public ReplicaStatus status() {
        return view.status(division(), Optional.ofNullable(failure.get()), closed.get());
    }

    @Override
    public Registration onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    // ---- work ------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<byte[]> append(byte[] entry) {
        return appends.append((RaftClientAsynchronousProtocol) division(), entry);
    }

    @Override
    public CompletionStage<Void> transferLeadership(Optional<PeerId> to, Duration limit) {
        return leading.transfer(to, limit);
    }

    @Override
    public CompletionStage<Void> changeVoters(List<PeerId> expected, List<PeerId> wanted, Duration limit) {
        return leading.changeVoters(expected, wanted, limit);
    }

    @Override
    public void campaign() {
        leading.campaign();
    }

    // ---- end -------------------------------------------------------------------------------------------------

    private synchronized void stopServer() {
        leading.close();
        RaftServer running = server;
        if (running != null) {
            try {
                running.close();
            } catch (IOException | RuntimeException e) {
                log.warn("raft group {} did not stop cleanly", wiring.group(), e);
            }
        }
        appends.close();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stopServer();
            machine.close();
            FileCells held = storage;
            if (held != null) {
                held.close();
            }
            RatisMetrics.hide(memberName(), meters);
            meters.close();
            whenClosed.run();
        }
    }
}
