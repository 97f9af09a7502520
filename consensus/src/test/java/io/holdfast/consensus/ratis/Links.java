package io.holdfast.consensus.ratis;

import io.holdfast.core.Address;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

/** The links between the nodes of a test, each direction cut and slowed on its own. What is cut is silent until its deadline, as on a network. */
final class Links {
    private record Way(NodeId from, NodeId to) {}

    private final Environment environment;
    private final Map<Address, NodeId> nodes = new ConcurrentHashMap<>();
    private final Set<Way> cuts = ConcurrentHashMap.newKeySet();
    private final Map<Way, Duration> delays = new ConcurrentHashMap<>();
    private volatile Watcher watcher = (from, to, message) -> false;

    /** Sees each request before it goes, to count it or to cut its link; returns whether this one is lost. */
    interface Watcher {
        boolean loses(NodeId from, NodeId to, Message message);
    }

    void watch(Watcher next) {
        watcher = next;
    }

    Links(Environment environment) {
        this.environment = environment;
    }

    void cut(NodeId from, NodeId to) {
        cuts.add(new Way(from, to));
    }

    void cutBoth(NodeId a, NodeId b) {
        cut(a, b);
        cut(b, a);
    }

    void isolate(NodeId node) {
        nodes.values().stream().filter(other -> !other.equals(node)).forEach(other -> cutBoth(node, other));
    }

    void heal() {
        cuts.clear();
        delays.clear();
    }

    void delay(NodeId from, NodeId to, Duration delay) {
        delays.put(new Way(from, to), delay);
    }

    Transport wrap(NodeId self, Transport transport) {
        nodes.put(transport.address(), self);
        return new Gate(self, transport);
    }

    private final class Gate implements Transport {
        private final NodeId self;
        private final Transport below;

        Gate(NodeId self, Transport below) {
            this.self = self;
            this.below = below;
        }

        @Override
        public CompletableFuture<byte[]> request(Address to, Message message) {
            NodeId other = nodes.get(to);
            CompletableFuture<byte[]> result = new CompletableFuture<>();
            boolean lost = watcher.loses(self, other, message);
            expire(result, message);
            if (lost) {
                return result;
            }
            Duration there = delays.getOrDefault(new Way(self, other), Duration.ZERO);
            Runnable send = () -> {
                if (!cuts.contains(new Way(self, other))) {
                    below.request(to, message).whenComplete((bytes, failure) -> arrive(other, result, bytes, failure));
                }
            };
            if (there.isZero()) {
                send.run();
            } else {
                environment.scheduler().schedule(there, send);
            }
            return result;
        }

        private void arrive(NodeId from, CompletableFuture<byte[]> result, byte[] bytes, Throwable failure) {
            if (cuts.contains(new Way(from, self))) {
                return;
            }
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                result.complete(bytes);
            }
        }

        private void expire(CompletableFuture<byte[]> result, Message message) {
            long left = message.context()
                    .deadline()
                    .remainingNanos(environment.clock().nanoTime());
            Registration timer = environment
                    .scheduler()
                    .schedule(
                            Duration.ofNanos(left),
                            () -> result.completeExceptionally(new DeadlineExceededException("cut")));
            result.whenComplete((bytes, failure) -> timer.close());
        }

        @Override
        public Address address() {
            return below.address();
        }

        @Override
        public Registration serve(String route, Consumer<Exchange> handler) {
            return below.serve(route, handler);
        }

        @Override
        public Registration receive(String route, Consumer<Inbound> handler) {
            return below.receive(route, handler);
        }

        @Override
        public Registration serveStream(String route, Function<Inbound, Flow.Publisher<byte[]>> handler) {
            return below.serveStream(route, handler);
        }

        @Override
        public CompletionStage<Void> send(Address to, Message message) {
            return below.send(to, message);
        }

        @Override
        public Flow.Publisher<byte[]> stream(Address to, Message message) {
            return below.stream(to, message);
        }

        @Override
        public Registration onConnection(ConnectionListener listener) {
            return below.onConnection(listener);
        }

        @Override
        public CompletionStage<Void> drain(Duration limit) {
            return below.drain(limit);
        }

        @Override
        public void close() {
            below.close();
        }
    }
}
