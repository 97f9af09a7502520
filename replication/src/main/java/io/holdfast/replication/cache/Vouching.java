package io.holdfast.replication.cache;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.replication.cache.Entry.Asked;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hears of changes, and asks the origin several times within the bound whether all were told. Safe for use by many threads. */
final class Vouching<K, V> implements ChangeListener<K>, AutoCloseable {
    private final Contents<K, V> contents;
    private final Environment environment;
    private final CacheMeters meters;
    private final Duration bound;
    private final Duration pause;
    private @Nullable ChangeFeed feed;
    private volatile boolean closed;

    Vouching(Contents<K, V> contents, Environment environment, NearCacheOptions options, CacheMeters meters) {
        this.contents = contents;
        this.environment = environment;
        this.meters = meters;
        this.bound = options.staleness();
        this.pause = options.questionPause();
    }

    void follow(CacheOrigin<K, V> origin) {
        ChangeFeed begun = origin.follow(this);
        feed = begun;
        if (begun != ChangeFeed.NONE) {
            ask(begun);
        }
    }

    @Override
    public void changed(K key, long revision) {
        meters.changes.increment();
        contents.told(key, revision);
    }

    @Override
    public void gap() {
        meters.gaps.increment();
        contents.gap();
    }

    /** The next question does not wait for the answer to this one, which may be lost. */
    private void ask(ChangeFeed begun) {
        if (closed) {
            return;
        }
        environment.scheduler().schedule(pause, () -> ask(begun));
        Asked asked = contents.asked();
        settled(begun, asked).whenComplete((nothing, error) -> {
            if (error == null) {
                contents.covered(asked.era(), asked.nanos());
            }
        });
    }

    /** An answer that comes after the bound vouches for nothing any more. */
    private CompletionStage<Void> settled(ChangeFeed begun, Asked asked) {
        Deadline deadline = Deadline.after(asked.nanos(), bound);
        try (CallContext.Scope scope = CallContext.EMPTY.withDeadline(deadline).open()) {
            return begun.settle();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        ChangeFeed begun = feed;
        if (begun != null) {
            begun.close();
        }
    }
}
