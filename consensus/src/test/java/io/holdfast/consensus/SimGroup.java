package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.Digest;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimLogGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Three replicas of a group in virtual time, and sessions on them. Clients stand on replicas that are cut off but not killed. */
public final class SimGroup {
    private final SimEnvironment environment;
    private final SimLogGroup group;
    private final List<? extends PrimitiveType> types;
    private final List<PrimitiveMachine> machines = new ArrayList<>();
    private final List<ReplicatedLog> logs = new ArrayList<>();

    /** Starts the group. */
    public SimGroup(long seed) {
        this(seed, Consensus.types());
    }

    /** Starts a group of builds that know these types. */
    public SimGroup(long seed, List<? extends PrimitiveType> types) {
        this(SimEnvironment.seed(seed), seed, GroupId.of("meta"), types);
    }

    /** Starts one of several groups in one time. */
    public SimGroup(SimEnvironment environment, long seed, GroupId id) {
        this(environment, seed, id, Consensus.types());
    }

    private SimGroup(SimEnvironment environment, long seed, GroupId id, List<? extends PrimitiveType> types) {
        this.types = types;
        this.environment = environment;
        group = new SimLogGroup(
                environment,
                seed,
                id,
                IntStream.range(0, 3).mapToObj(SimGroup::id).toList());
        for (int i = 0; i < 3; i++) {
            machines.add(machine());
            logs.add(group.start(id(i), machines.get(i)));
        }
        advance(Duration.ofSeconds(1));
    }

    private PrimitiveMachine machine() {
        return new PrimitiveMachine(types, StateLimits.standard());
    }

    private static NodeId id(int node) {
        return NodeId.of("n" + node);
    }

    public SimEnvironment environment() {
        return environment;
    }

    public ReplicatedLog log(int node) {
        return logs.get(node);
    }

    /** A session of its own on a node, that ends after ten seconds. */
    public GroupSession session(int node) {
        return GroupSession.start(logs.get(node), id(node), SessionConfig.lan(), environment);
    }

    /** A session that loses answers now and then. */
    public GroupSession lossySession(int node, long seed) {
        ReplicatedLog lossy = new LossyLog(logs.get(node), seed, environment.scheduler());
        return GroupSession.start(lossy, id(node), SessionConfig.lan(), environment);
    }

    public Consensus consensus(GroupSession session) {
        return Consensus.of(session, new TextCodec(), environment);
    }

    public void isolate(int node) {
        group.isolate(id(node));
    }

    public void heal() {
        group.heal();
    }

    /** Cuts off whoever leads; the others elect one of them within a second, and then it is back. */
    public void changeLeader() {
        await("a leader", () -> log(0).leadership().current().leader().isPresent());
        group.isolate(log(0).leadership().current().leader().orElseThrow());
        environment.scheduler().schedule(Duration.ofSeconds(1), this::heal);
    }

    /** A crash; the next life begins at once, from a snapshot or from the log. */
    public void restart(int node) {
        group.kill(id(node));
        machines.set(node, machine());
        logs.set(node, group.start(id(node), machines.get(node)));
    }

    public void advance(Duration time) {
        environment.advance(time);
    }

    /** Lets time pass until the condition holds. What held once is enough: another look is another moment, in which it may no longer hold. */
    public void await(String what, BooleanSupplier condition) {
        boolean holds = condition.getAsBoolean();
        for (int i = 0; i < 60_000 && !holds; i++) {
            environment.advance(Duration.ofMillis(2));
            holds = condition.getAsBoolean();
        }
        assertThat(holds).as(what).isTrue();
    }

    /** The result, as soon as it is there. */
    public <T> T done(CompletionStage<T> stage) {
        await("an answer", () -> stage.toCompletableFuture().isDone());
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /** Heals, lets in what lossy sessions still hold back, and requires that all replicas come to the same. */
    public Digest agreed() {
        heal();
        advance(Duration.ofSeconds(1));
        await(
                "all replicas to have applied the same",
                () -> areSame(ReplicatedLog::applied, logs) && areSame(PrimitiveMachine::digest, machines));
        return machines.get(0).digest();
    }

    private static <T> boolean areSame(Function<T, ?> aspect, List<T> replicas) {
        return replicas.stream().map(aspect).distinct().count() == 1;
    }
}
