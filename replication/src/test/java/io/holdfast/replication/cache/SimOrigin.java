package io.holdfast.replication.cache;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.testkit.sim.SimEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A linearizable map behind a network, in virtual time, with a feed that loses, delays and doubles messages. It remembers each state of each key and when it began. */
final class SimOrigin implements CacheOrigin<String, String> {
    record State(long revision, Optional<String> value, long sinceNanos) {}

    private final SimEnvironment environment;
    private final Map<String, List<State>> history = new HashMap<>();
    private long revision;
    private long sent;
    private @Nullable NumberedFeed<String> feed;
    private final Map<String, List<Long>> loads = new HashMap<>();

    /** How long a message takes, asked for each. */
    Supplier<Duration> latency = () -> Duration.ofMillis(5);
    /** Whether a message of the feed is lost. */
    Supplier<Boolean> lost = () -> false;
    /** Whether a message of the feed comes twice. */
    Supplier<Boolean> doubled = () -> false;
    /** Why the next load fails, if it does. */
    Supplier<@Nullable HoldfastException> loadFailure = () -> null;
    /** Why the next write fails, if it does; an unknown outcome is applied all the same. */
    Supplier<@Nullable HoldfastException> writeFailure = () -> null;
    /** Whether questions of the feed are answered. */
    boolean feedAnswers = true;

    int loadsBegun;
    final List<String> written = new ArrayList<>();

    SimOrigin(SimEnvironment environment) {
        this.environment = environment;
    }

    long now() {
        return environment.clock().nanoTime();
    }

    /** Somebody else, or the cache's message when it arrives, writes. */
    long set(String key, Optional<String> value) {
        history.computeIfAbsent(key, k -> new ArrayList<>()).add(new State(++revision, value, now()));
        long changed = revision;
        long number = ++sent;
        int copies = lost.get() ? 0 : doubled.get() ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            later(latency.get(), () -> {
                NumberedFeed<String> listening = feed;
                if (listening != null) {
                    listening.received(number, key, changed);
                }
            });
        }
        return changed;
    }

    long set(String key, String value) {
        return set(key, Optional.of(value));
    }

    List<State> states(String key) {
        return history.getOrDefault(key, List.of());
    }

    State state(String key) {
        List<State> states = states(key);
        return states.isEmpty() ? new State(0, Optional.empty(), Long.MIN_VALUE) : states.get(states.size() - 1);
    }

    private void later(Duration delay, Runnable step) {
        environment.scheduler().schedule(delay, step);
    }

    /** The most loads of one key that were under way at once, apart from those the cache has given up. */
    int mostLoadsAtOnce(String key, Duration timeout) {
        List<Long> open = loads.getOrDefault(key, List.of());
        return (int)
                open.stream().filter(since -> now() - since < timeout.toNanos()).count();
    }

    @Override
    public CompletionStage<Loaded<String>> load(String key) {
        loadsBegun++;
        CompletableFuture<Loaded<String>> answer = new CompletableFuture<>();
        Long since = now();
        loads.computeIfAbsent(key, k -> new ArrayList<>()).add(since);
        HoldfastException failure = loadFailure.get();
        later(latency.get(), () -> {
            State state = state(key);
            Loaded<String> loaded =
                    new Loaded<>(state.value(), state.value().isPresent() ? state.revision() : revision);
            later(latency.get(), () -> {
                loads.get(key).remove(since);
                if (failure == null) {
                    answer.complete(loaded);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        });
        return answer;
    }

    @Override
    public CompletionStage<Long> put(String key, String value) {
        return write(key, Optional.of(value));
    }

    @Override
    public CompletionStage<Long> remove(String key) {
        return write(key, Optional.empty());
    }

    private CompletionStage<Long> write(String key, Optional<String> value) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        HoldfastException failure = writeFailure.get();
        later(latency.get(), () -> {
            boolean applied = failure == null || failure instanceof UnknownOutcomeException;
            long at = applied ? set(key, value) : 0;
            if (applied) {
                written.add(key + "=" + value.orElse("-"));
            }
            later(latency.get(), () -> {
                if (failure == null) {
                    answer.complete(at);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        });
        return answer;
    }

    @Override
    public ChangeFeed follow(ChangeListener<String> listener) {
        NumberedFeed<String> begun = new NumberedFeed<>(listener, this::position);
        feed = begun;
        return begun;
    }

    private CompletionStage<Long> position() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        later(latency.get(), () -> {
            long last = sent;
            later(latency.get(), () -> {
                if (feedAnswers) {
                    answer.complete(last);
                } else {
                    answer.completeExceptionally(new UnavailableException("nobody answers"));
                }
            });
        });
        return answer;
    }
}
