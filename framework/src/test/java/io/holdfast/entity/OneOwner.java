package io.holdfast.entity;

import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.codec.CborCodec;
import io.holdfast.codec.CodecLimits;
import io.holdfast.contract.ContractReader;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.inject.Assembler;
import io.holdfast.rpc.ClientSide;
import io.holdfast.rpc.CorrelationIds;
import io.holdfast.rpc.RpcTracing;
import io.holdfast.rpc.ServerSide;
import io.holdfast.sharding.entity.EntityCalls;
import io.holdfast.sharding.entity.EntityScope;
import io.holdfast.sharding.entity.EntityType;
import io.holdfast.testkit.sim.SimEnvironment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/** All entities on one thread in memory: commits what a call changed if it is to be kept. */
final class OneOwner implements EntityCalls {
    final SimEnvironment environment = SimEnvironment.seed(1);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Map<String, Duration> reminders = new TreeMap<>();
    final Map<String, EntityType> types = new HashMap<>();
    final Entities entities;
    private final Map<String, EntityScope.Stored> states = new HashMap<>();
    private final Map<String, EntityType.Entity> alive = new HashMap<>();
    private CallContext last = CallContext.EMPTY;

    OneOwner() {
        Codec codec = CborCodec.of(CodecLimits.standard());
        Assembler assembler = new Assembler(
                Map.of(NodeId.class, NodeId.of("n1")),
                () -> {
                    throw new IllegalStateException("no consensus");
                },
                type -> type,
                Configuration.builder().build());
        Telemetry telemetry = new Telemetry(
                meters,
                TracerProvider.noop().get(""),
                new HealthChecks(),
                new FlightRecorder(environment.wallClock(), 16));
        entities = new Entities(
                new ContractReader(codec),
                codec,
                clients(telemetry),
                servers(telemetry),
                () -> new Entities.Port(this, type -> types.put(type.name(), type)),
                () -> assembler);
    }

    @SuppressWarnings("NullAway") // what calls of entities have no use for
    private ClientSide clients(Telemetry telemetry) {
        Policies policies = Policies.of(environment, meters, telemetry.recorder(), new PoliciesConfig(Map.of()));
        return new ClientSide(
                NodeId.of("n1"),
                null,
                null,
                environment.clock(),
                telemetry,
                new RpcTracing(telemetry.tracer()),
                policies,
                null,
                environment.scheduler(),
                null,
                Duration.ofSeconds(2));
    }

    @SuppressWarnings("NullAway") // what entities have no use for
    private ServerSide servers(Telemetry telemetry) {
        return new ServerSide(
                NodeId.of("n1"),
                null,
                environment.clock(),
                Runnable::run,
                1,
                null,
                telemetry,
                new RpcTracing(telemetry.tracer()),
                new CorrelationIds(environment.random()),
                new LongAdder(),
                new LongAdder());
    }

    /** Tells the context of the last call. */
    CallContext last() {
        return last;
    }

    @Override
    public CompletionStage<byte[]> call(String type, String key, long method, byte[] arguments, CallContext context) {
        last = context;
        EntityType found = types.get(type);
        if (found == null) {
            return CompletableFuture.failedFuture(new UnavailableException("no node hosts kind " + type));
        }
        Scope scope = new Scope(type + "/" + key);
        try {
            EntityType.Reply reply = context.call(() -> entity(type, key).call(method, arguments));
            scope.end(reply.keep());
            return CompletableFuture.completedFuture(reply.bytes());
        } catch (Exception e) {
            scope.end(false);
            return CompletableFuture.failedFuture(e);
        }
    }

    EntityType.Entity entity(String type, String key) {
        return alive.computeIfAbsent(type + "/" + key, name -> types.get(type).create(key, new Scope(name)));
    }

    /** The entities leave the memory. */
    void passivate() {
        alive.values().forEach(EntityType.Entity::passivate);
        alive.clear();
    }

    private final Map<String, Optional<EntityScope.Stored>> changed = new HashMap<>();

    private final class Scope implements EntityScope {
        private final String name;

        Scope(String name) {
            this.name = name;
        }

        void end(boolean keep) {
            Optional<Stored> change = changed.remove(name);
            if (keep && change != null) {
                change.ifPresentOrElse(stored -> states.put(name, stored), () -> states.remove(name));
            }
        }

        @Override
        public Optional<Stored> state() {
            Optional<Stored> change = changed.get(name);
            return change != null ? change : Optional.ofNullable(states.get(name));
        }

        @Override
        public void state(Optional<byte[]> bytes) {
            int version =
                    types.get(name.substring(0, name.indexOf('/'))).traits().stateVersion();
            changed.put(name, bytes.map(written -> new Stored(version, written)));
        }

        @Override
        public void remind(String reminder, Duration delay) {
            reminders.put(reminder, delay);
        }

        @Override
        public void forget(String reminder) {
            reminders.remove(reminder);
        }
    }
}
