package io.holdfast.sharding.handoff;

import io.holdfast.core.Deadline;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.sharding.Tenure;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Those who wait until a shard is served here or is known to be another's. Bounded; safe for use by many threads. */
final class TenureWaiters {
    private static final int MAX_WAITING = 100_000;

    /** The answer, if there is one: the tenure, or that there shall be none. */
    interface Answer extends Function<Waiter, Optional<Optional<Tenure>>> {}

    record Waiter(int shard, long revision, CompletableFuture<Optional<Tenure>> future) {}

    private final Environment environment;
    private final Answer answer;
    private final Map<Integer, Set<Waiter>> waiters = new HashMap<>();
    private int count;
    private @Nullable UnavailableException closed;

    TenureWaiters(Environment environment, Answer answer) {
        this.environment = environment;
        this.answer = answer;
    }

    CompletionStage<Optional<Tenure>> await(int shard, long revision, Deadline deadline) {
        CompletableFuture<Optional<Tenure>> future = new CompletableFuture<>();
        Waiter waiter = new Waiter(shard, revision, future);
        Optional<Optional<Tenure>> known = answer.apply(waiter);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.orElseThrow());
        }
        synchronized (waiters) {
            if (closed != null) {
                return CompletableFuture.failedFuture(closed);
            }
            if (count >= MAX_WAITING) {
                return CompletableFuture.failedFuture(new OverloadedException(
                        MAX_WAITING + " calls wait for shards already, the limit; slow the callers down",
                        Duration.ofMillis(100)));
            }
            waiters.computeIfAbsent(shard, any -> new LinkedHashSet<>()).add(waiter);
            count++;
        }
        Optional<Registration> timer = timer(waiter, deadline);
        future.whenComplete((done, failure) -> {
            timer.ifPresent(Registration::close);
            remove(waiter);
        });
        check(List.of(waiter));
        return future.minimalCompletionStage();
    }

    private void remove(Waiter waiter) {
        synchronized (waiters) {
            Set<Waiter> beside = waiters.getOrDefault(waiter.shard(), Set.of());
            count -= beside.remove(waiter) ? 1 : 0;
            if (beside.isEmpty()) {
                waiters.remove(waiter.shard());
            }
        }
    }

    private Optional<Registration> timer(Waiter waiter, Deadline deadline) {
        if (deadline.isNone()) {
            return Optional.empty();
        }
        Duration left = Duration.ofNanos(
                Math.max(0, deadline.remainingNanos(environment.clock().nanoTime())));
        return Optional.of(environment
                .scheduler()
                .schedule(
                        left,
                        () -> waiter.future()
                                .completeExceptionally(new UnavailableException("shard " + waiter.shard()
                                        + " is not served before the deadline, by map " + waiter.revision()
                                        + " or a later one; its former owner may still hold it, try again"))));
    }

    /** Something has changed for a shard. */
    void check(int shard) {
        List<Waiter> some;
        synchronized (waiters) {
            some = List.copyOf(waiters.getOrDefault(shard, Set.of()));
        }
        check(some);
    }

    /** Something has changed for any shard. */
    void checkAll() {
        check(waiting());
    }

    private void check(List<Waiter> some) {
        some.forEach(waiter -> answer.apply(waiter).ifPresent(waiter.future()::complete));
    }

    private List<Waiter> waiting() {
        synchronized (waiters) {
            return waiters.values().stream().flatMap(Set::stream).toList();
        }
    }

    void close(String node) {
        UnavailableException reason =
                new UnavailableException("node " + node + " was closed and serves no shards; ask another node");
        synchronized (waiters) {
            closed = reason;
        }
        waiting().forEach(waiter -> waiter.future().completeExceptionally(reason));
    }
}
