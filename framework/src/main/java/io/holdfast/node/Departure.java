package io.holdfast.node;

import io.holdfast.core.DurationText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node leaves without losing a call: it says that it is not ready, waits until calls stop to arrive, lets the gateway finish what runs, ends
 * what it does in office and lets the partitions of logs go that it consumes, hands its shards over, gives back its locks and hands over what it leads, lets another node have the replicated values that only this one knows, lets the wire finish what runs, says goodbye and closes. A call that arrives after all is refused before it begins, so that its caller sends it elsewhere.
 */
final class Departure {
    private static final Logger log = LoggerFactory.getLogger(Departure.class);
    /** Calls have stopped to arrive when none came for so long. */
    private static final Duration QUIET = Duration.ofMillis(150);

    private static final Duration QUIET_LIMIT = Duration.ofSeconds(2);

    private final NodeParts parts;
    private final HostedServices services;
    private final @Nullable Gateway gateway;

    Departure(NodeParts parts, HostedServices services, @Nullable Gateway gateway) {
        this.parts = parts;
        this.services = services;
        this.gateway = gateway;
    }

    void run() {
        Duration limit = parts.settings().node().drain();
        log.info("node {} leaves: finishing calls, at most {}", parts.self().id(), DurationText.of(limit));
        Optional<CompletionStage<?>> offices = parts.consensus().map(ConsensusPart::resign);
        CompletionStage<?> consumers = parts.events().leave();
        try {
            if (gateway != null) {
                await(gateway.server().drain(limit), limit);
            }
            boolean alone = parts.discovery().members().size() <= 1;
            services.withdraw();
            if (!alone && !services.isEmpty()) {
                awaitQuiet();
            }
            offices.ifPresent(ends -> await(ends, limit));
            await(consumers, limit);
            parts.sharding().ifPresent(part -> await(part.leave(limit), limit));
            await(parts.nearCaches().leave(limit), limit);
            if (!alone) {
                parts.consensus().ifPresent(part -> await(part.leave(), part.leaveLimit()));
            }
            parts.replication().ifPresent(part -> await(part.leave(limit), limit));
            await(parts.transport().drain(limit), limit);
        } finally {
            parts.closers().closeAll();
        }
        log.info("node {} has left", parts.self().id());
    }

    private void awaitQuiet() {
        CompletableFuture<Void> quiet = new CompletableFuture<>();
        long begin = parts.environment().clock().nanoTime();
        checkQuiet(quiet, parts.arrivals(), begin);
        await(quiet, QUIET_LIMIT);
    }

    private void checkQuiet(CompletableFuture<Void> quiet, long before, long begin) {
        parts.environment().scheduler().schedule(QUIET, () -> {
            long now = parts.arrivals();
            if (now == before || parts.environment().clock().nanoTime() - begin > QUIET_LIMIT.toNanos()) {
                quiet.complete(null);
            } else {
                checkQuiet(quiet, now, begin);
            }
        });
    }

    private static void await(CompletionStage<?> stage, Duration limit) {
        try {
            stage.toCompletableFuture().get(limit.plusMillis(500).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("not everything finished within {}; what still runs is cut off", DurationText.of(limit));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
