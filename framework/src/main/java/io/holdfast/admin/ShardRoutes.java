package io.holdfast.admin;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.json.JsonWriter;
import io.holdfast.sharding.handoff.ShardRuntime;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.HttpRouter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Shards: {@code GET /admin/shards} shows the map, what each node has and shall have, and the moves that are planned, with why; {@code GET /admin/shards/<shard>} explains one.
 * {@code GET /admin/shards/plan} shows the plan alone, and what would move if {@code ?without=<node>} left, or if {@code ?with=<node>} joined, with {@code &weight=100&zone=<zone>&labels=<label>,<label>} of it.
 * {@code POST /admin/shards/pause} and {@code /resume} stop and resume moves that only make loads even; {@code PUT} and {@code DELETE /admin/shards/<shard>/pin?node=<node>} and
 * {@code /admin/shards/bans/<node>} say where shards shall be. What is changed is committed, and holds until it is changed again. Safe for use by many threads.
 */
final class ShardRoutes {
    private static final int HOTTEST = 10;

    private final Supplier<Optional<ShardsView>> shards;

    ShardRoutes(Supplier<Optional<ShardsView>> shards) {
        this.shards = shards;
    }

    void addTo(HttpRouter router) {
        router.add(
                "GET",
                "/admin/shards",
                request -> done(shards.get()
                        .map(ShardRoutes::page)
                        .orElseGet(() -> ok(new JsonWriter()
                                .object()
                                .name("enabled")
                                .value(false)
                                .endObject()))));
        router.add(
                "GET",
                "/admin/shards/{shard}",
                with((view, request) -> done(ok(
                        ShardsPage.one(view.shards().map(), view.shards().members(), shard(view.shards(), request))))));
        router.add(
                "GET",
                "/admin/shards/plan",
                with((view, request) -> done(ok(ShardsPage.plan(
                        view.shards().map(),
                        ShardWishes.supposed(request.query())
                                .members(view.shards().members()))))));
        router.add(
                "POST",
                "/admin/shards/pause",
                change((shards, request) -> shards.operations().pause()));
        router.add(
                "POST",
                "/admin/shards/resume",
                change((shards, request) -> shards.operations().resume()));
        router.add("PUT", "/admin/shards/{shard}/pin", change((shards, request) -> {
            ShardWishes.pin(shards.map(), shards.members(), wanted(request));
            return shards.operations().pin(shard(shards, request), wanted(request));
        }));
        router.add("DELETE", "/admin/shards/{shard}/pin", change((shards, request) -> {
            ShardWishes.unpin(shards.map(), shard(shards, request));
            return shards.operations().unpin(shard(shards, request));
        }));
        router.add("PUT", "/admin/shards/bans/{node}", change((shards, request) -> {
            ShardWishes.ban(shards.map(), shards.members(), banned(request));
            return shards.operations().ban(banned(request));
        }));
        router.add("DELETE", "/admin/shards/bans/{node}", change((shards, request) -> {
            ShardWishes.unban(shards.map(), banned(request));
            return shards.operations().unban(banned(request));
        }));
    }

    private HttpHandler with(BiFunction<ShardsView, HttpRequest, CompletionStage<HttpResponse>> answer) {
        return request -> {
            Optional<ShardsView> view = shards.get();
            if (view.isEmpty()) {
                return done(HttpResponse.problem(
                        404,
                        "no-shards",
                        "No shards",
                        "this node takes no part in shards; set holdfast.sharding.enabled=true on all nodes"));
            }
            try {
                return answer.apply(view.get(), request);
            } catch (HoldfastException | IllegalArgumentException e) {
                return done(refused(e));
            }
        };
    }

    private HttpHandler change(BiFunction<ShardRuntime, HttpRequest, CompletionStage<Void>> wish) {
        return with((view, request) -> wish.apply(view.shards(), request).handle((changed, failure) -> {
            if (failure == null) {
                return page(view);
            }
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return cause instanceof IllegalArgumentException ? refused(cause) : HttpResponse.ofFailure(failure);
        }));
    }

    private static HttpResponse refused(Throwable why) {
        return HttpResponse.problem(400, "refused", "Refused, nothing was changed", String.valueOf(why.getMessage()));
    }

    private static CompletionStage<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedFuture(response);
    }

    private static HttpResponse page(ShardsView view) {
        return ok(ShardsPage.all(
                view.shards().map(),
                view.shards().members(),
                view.entities().getAsInt(),
                view.hot().report(HOTTEST)));
    }

    private static HttpResponse ok(JsonWriter json) {
        return HttpResponse.json(200, json.bytes());
    }

    private static int shard(ShardRuntime shards, HttpRequest request) {
        return ShardWishes.shard(shards.map(), request.pathParameter("shard"));
    }

    private static NodeId banned(HttpRequest request) {
        return NodeId.of(request.pathParameter("node"));
    }

    private static NodeId wanted(HttpRequest request) {
        return NodeId.of(request.query("node")
                .orElseThrow(() -> new IllegalArgumentException("the query has no node; write ?node=<id>")));
    }
}
