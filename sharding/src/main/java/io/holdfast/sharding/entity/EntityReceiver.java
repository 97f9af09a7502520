package io.holdfast.sharding.entity;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Registration;
import io.holdfast.core.security.Principal;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes calls that somebody holds this node responsible for: does them, waits until it may, or sends them on once to who is responsible by a newer map. Never blocks. Safe for use by many threads.
 */
final class EntityReceiver implements AutoCloseable {
    private final EntityHost host;
    private final ShardDirectory directory;
    private final Transport transport;
    private final Function<NodeId, Optional<Address>> addresses;
    private final MonotonicClock clock;
    private final RedirectCounters redirects;
    private final Registration route;

    EntityReceiver(
            EntityHost host,
            ShardDirectory directory,
            Transport transport,
            Function<NodeId, Optional<Address>> addresses,
            MonotonicClock clock,
            RedirectCounters redirects) {
        this.host = host;
        this.directory = directory;
        this.transport = transport;
        this.addresses = addresses;
        this.clock = clock;
        this.redirects = redirects;
        this.route = transport.serve(EntityWire.ROUTE, this::accept);
    }

    private void accept(Exchange exchange) {
        Inbound inbound = exchange.request();
        EntityRequest request;
        try {
            request = EntityWire.decode(inbound.payload(), contextOf(inbound), clock.nanoTime());
        } catch (HoldfastException flaw) {
            exchange.fail(flaw);
            return;
        }
        serve(request, inbound.context().deadline()).whenComplete((response, error) -> {
            if (error == null) {
                exchange.reply(EntityWire.encode(response));
            } else {
                exchange.fail(known(request.call().entity(), error));
            }
        });
    }

    /** Who calls is who the connection's certificate names, never who the message says; only a token is passed on for somebody else. */
    private static CallContext contextOf(Inbound inbound) {
        CallContext context = inbound.context();
        Principal claimed = context.principal().orElse(null);
        Principal proven = inbound.peer().principal();
        boolean token = claimed != null && claimed.source() == Principal.Source.TOKEN;
        return token || claimed == proven ? context : context.withPrincipal(proven);
    }

    private static HoldfastException known(EntityId entity, Throwable error) {
        Throwable bare = Refusals.bare(error);
        return bare instanceof HoldfastException holdfast
                ? holdfast
                : new UnknownOutcomeException("a call of " + entity + " failed in an unforeseen way: " + bare, bare);
    }

    /**
     * Serves a call, here or there.
     *
     * @param request the call
     * @param wait until when to wait for the shard, or for another node
     * @return what came of it
     */
    CompletionStage<EntityResponse> serve(EntityRequest request, Deadline wait) {
        int shard = directory.map().shardOf(request.call().entity().routed());
        boolean here = directory.tenure(shard).isPresent() || host.isAwaited(shard, request.call());
        CompletionStage<Served> served =
                here ? host.call(shard, request.call()) : CompletableFuture.completedFuture(Served.MOVED);
        return served.thenCompose(first -> first instanceof Served.Moved
                ? elsewhere(shard, request, wait)
                : CompletableFuture.completedFuture(respond(first, request)));
    }

    private EntityResponse respond(Served served, EntityRequest request) {
        ShardMap map = directory.map();
        return new EntityResponse(served, map.revision() > request.revision() ? Optional.of(map) : Optional.empty());
    }

    /** It is not served here now: it will be, or another does. */
    private CompletionStage<EntityResponse> elsewhere(int shard, EntityRequest request, Deadline wait) {
        ShardMap map = directory.map();
        boolean mine = map.at(shard)
                .owner()
                .filter(owner -> owner.node().equals(directory.self()))
                .isPresent();
        if (!mine && request.revision() <= map.revision()) {
            return other(shard, request, wait);
        }
        Optional<Address> former = former(shard, map.at(shard), request);
        if (mine && former.isPresent()) {
            return forward(former.get(), shard, request, wait)
                    .handle((response, error) -> {
                        boolean notDone = error == null
                                ? response.served() instanceof Served.Moved
                                : Refusals.bare(error) instanceof HoldfastException known
                                        && known.retry() == Retry.SAFE
                                        && !(known instanceof OverloadedException);
                        if (notDone) {
                            return await(shard, request, wait);
                        }
                        return error == null
                                ? CompletableFuture.completedFuture(response)
                                : CompletableFuture.<EntityResponse>failedFuture(error);
                    })
                    .thenCompose(Function.identity());
        }
        return await(shard, request, wait);
    }

    /** Who still holds a shard that is to come here, and may wait for this very call before it can let go: see {@link EntityHost#isAwaited}. */
    private Optional<Address> former(int shard, Ownership ownership, EntityRequest request) {
        boolean perhaps = ownership.handsOver()
                && directory.tenure(shard).isEmpty()
                && !request.forwarded()
                && CallPath.isCaused(request.call().context());
        return perhaps ? ownership.previous().map(Host::node).flatMap(addresses) : Optional.empty();
    }

    private CompletionStage<EntityResponse> await(int shard, EntityRequest request, Deadline wait) {
        return directory
                .await(shard, Math.max(request.revision(), directory.map().revision()), wait)
                .thenCompose((Optional<Tenure> tenure) -> tenure.isPresent()
                        ? host.call(shard, request.call()).thenApply(served -> respond(served, request))
                        : other(shard, request, wait));
    }

    private CompletionStage<EntityResponse> other(int shard, EntityRequest request, Deadline wait) {
        Optional<Host> owner =
                directory.map().at(shard).owner().filter(host -> !host.node().equals(directory.self()));
        Optional<Address> address = owner.map(Host::node).flatMap(addresses);
        if (request.forwarded() || address.isEmpty()) {
            redirects.refused();
            return CompletableFuture.completedFuture(respond(Served.MOVED, request));
        }
        return forward(address.get(), shard, request, wait);
    }

    private CompletionStage<EntityResponse> forward(Address to, int shard, EntityRequest request, Deadline wait) {
        redirects.forwarded();
        ShardMap map = directory.map();
        EntityRequest forward =
                request.forward(map.revision(), map.at(shard).epoch().value());
        return send(to, forward, wait).thenApply(response -> {
            response.map().ifPresent(directory::learn);
            return respond(response.served(), request);
        });
    }

    /**
     * Sends a call to another node.
     *
     * @param to where it listens
     * @param request the call
     * @param wait until when to wait for the answer
     * @return the answer; fails as {@link Transport#request}
     */
    CompletionStage<EntityResponse> send(Address to, EntityRequest request, Deadline wait) {
        long now = clock.nanoTime();
        Message message = new Message(
                EntityWire.ROUTE,
                request.call().context().withDeadline(wait),
                EntityWire.encode(request, now),
                Lane.CALL);
        return transport.request(to, message).thenApply(EntityWire::decode);
    }

    /** The address of a node; fails if it is not known. */
    Address address(NodeId node, @Nullable EntityId entity) {
        return addresses
                .apply(node)
                .orElseThrow(() -> new UnavailableException("node " + node + ", which owns the shard of " + entity
                        + ", is no member that this node knows; try again"));
    }

    @Override
    public void close() {
        route.close();
    }
}
