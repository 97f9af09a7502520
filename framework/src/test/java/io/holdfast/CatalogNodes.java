package io.holdfast;

import io.holdfast.circuitbreaker.Fallback;
import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.env.Environment;
import io.holdfast.service.NonBlocking;
import io.holdfast.service.RemoteService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Three real nodes in one JVM that host one catalogue each, for tests of what calls do. */
final class CatalogNodes implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(10);

    record Title(String id, String servedBy) {}

    /** Its accessor throws what its component names. */
    record Torn(String how) {
        @Override
        public String how() {
            if (how.equals("error")) {
                throw new AssertionError("torn by an error");
            } else if (how.equals("exception")) {
                throw new IllegalStateException("torn by an exception");
            }
            return how;
        }
    }

    static final class NoSuchTitle extends Exception {
        private final String id;

        NoSuchTitle(String id) {
            super("no title " + id);
            this.id = id;
        }

        String id() {
            return id;
        }
    }

    @RemoteService("catalog")
    interface Catalog {
        @Idempotent
        @Retry(maxRetries = 3)
        Title find(String id) throws NoSuchTitle;

        CompletionStage<Title> later(String id);

        CompletionStage<Title> direct(String id);

        void touch(String id);

        @Timeout("150ms")
        String slow(String id);

        CompletionStage<String> never(String id);

        @Timeout("150ms")
        @Fallback(method = "popular")
        List<String> recommend(String user);

        String fail(String how);

        Map<String, String> context();

        /** Its answer cannot be encoded. */
        Torn torn(String how);

        CompletionStage<Torn> tornLater(String how);

        void take(Torn torn);

        default List<String> popular(String user) {
            return List.of("popular", user);
        }
    }

    static final class CatalogService implements Catalog {
        static final Set<String> interrupted = ConcurrentHashMap.newKeySet();
        static final Set<String> cancelled = ConcurrentHashMap.newKeySet();
        static final AtomicInteger touched = new AtomicInteger();
        static ExecutorService pool;
        private final String node;

        CatalogService(String node) {
            this.node = node;
        }

        @Override
        public Title find(String id) throws NoSuchTitle {
            if (id.startsWith("missing")) {
                throw new NoSuchTitle(id);
            }
            return new Title(id, node);
        }

        @Override
        public CompletionStage<Title> later(String id) {
            return CompletableFuture.completedFuture(new Title(id, node));
        }

        @Override
        @NonBlocking
        public CompletionStage<Title> direct(String id) {
            return CompletableFuture.completedFuture(new Title(id, node));
        }

        @Override
        public void touch(String id) {
            touched.incrementAndGet();
        }

        @Override
        public String slow(String id) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.add(id);
            }
            return "late";
        }

        @Override
        public CompletionStage<String> never(String id) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            answer.whenComplete((value, error) -> {
                if (error instanceof CancellationException) {
                    cancelled.add(id);
                }
            });
            return answer;
        }

        @Override
        public List<String> recommend(String user) {
            return List.of(slow(user));
        }

        @Override
        public String fail(String how) {
            if (how.equals("safe advice")) {
                throw new UnavailableException("a call that this method made was refused");
            }
            if (how.equals("error")) {
                throw new StackOverflowError("too deep");
            }
            throw new IllegalStateException("broken by " + how);
        }

        @Override
        public Torn torn(String how) {
            return new Torn(how);
        }

        @Override
        public void take(Torn torn) {
            touched.incrementAndGet();
        }

        @Override
        public CompletionStage<Torn> tornLater(String how) {
            CompletableFuture<Torn> later = new CompletableFuture<>();
            pool.execute(() -> later.complete(new Torn(how))); // then nobody on this thread could still answer
            return later;
        }

        @Override
        public Map<String, String> context() {
            CallContext context = CallContext.current();
            return Map.of(
                    "id",
                    context.correlationId(),
                    "bounded",
                    Boolean.toString(!context.deadline().isNone()));
        }
    }

    private final Environment environment = Environment.system();
    private final List<HoldfastNode> nodes = new ArrayList<>();

    private CatalogNodes() {}

    static CatalogNodes start() {
        CatalogNodes started = new CatalogNodes();
        CatalogService.pool = started.environment.threads().handlers("catalog-later", 4);
        for (String name : List.of("a", "b", "c")) {
            NodeBuilder builder = Holdfast.node(name);
            if (!started.nodes.isEmpty()) {
                builder.seeds(started.node(0).address().toString());
            }
            started.nodes.add(builder.start());
        }
        started.nodes.forEach(node -> node.awaitReady(LIMIT));
        started.nodes.forEach(node -> node.host(new CatalogService(node.id().value())));
        started.nodes.forEach(node -> awaitCatalogs(node, 3));
        return started;
    }

    static void awaitCatalogs(HoldfastNode node, int count) {
        node.services()
                .awaitInstances(ServiceName.of("catalog"), count, LIMIT)
                .toCompletableFuture()
                .join();
    }

    HoldfastNode node(int index) {
        return nodes.get(index);
    }

    List<HoldfastNode> all() {
        return List.copyOf(nodes);
    }

    Catalog client() {
        return nodes.get(0).client(Catalog.class);
    }

    Environment environment() {
        return environment;
    }

    /** One more with a catalogue, which is its user's to close. */
    HoldfastNode join(String name) {
        HoldfastNode node = Holdfast.node(name)
                .seeds(nodes.get(0).address().toString())
                .start()
                .awaitReady(LIMIT);
        node.host(new CatalogService(name));
        return node;
    }

    @Override
    public void close() {
        nodes.forEach(HoldfastNode::close);
        CatalogService.pool.shutdown();
        environment.close();
    }
}
