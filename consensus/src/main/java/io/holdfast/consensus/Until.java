package io.holdfast.consensus;

import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.session.SessionChange;
import io.holdfast.consensus.session.Watcher;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Event;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.Retry;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Asks, and asks again after each event, until the answer is there. Any thread; asking twice at once does no harm. */
final class Until<T> {
    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Resource resource;
    private final byte[] question;
    private final KeyRange range;
    private final Function<byte[], Optional<T>> decides;
    private final CompletableFuture<Optional<T>> result = new CompletableFuture<>();
    private boolean watching;

    Until(Resource resource, byte[] question, KeyRange range, Function<byte[], Optional<T>> decides) {
        this.resource = resource;
        this.question = question;
        this.range = range;
        this.decides = decides;
    }

    CompletableFuture<Optional<T>> result() {
        return result;
    }

    void start(long known, Deadline deadline) {
        if (!deadline.isNone()) {
            long left = Math.max(0, deadline.remainingNanos(resource.nowNanos()));
            endsWith(resource.shared()
                    .environment()
                    .scheduler()
                    .schedule(Duration.ofNanos(left), () -> result.complete(Optional.empty())));
        }
        endsWith(resource.session().listen(change -> {
            if (change.state() == SessionChange.State.CLOSED) {
                closed();
            }
        }));
        if (resource.session().isClosed()) {
            closed();
        } else if (known > 0) {
            watch(known);
        } else {
            ask();
        }
    }

    private void closed() {
        result.completeExceptionally(new NotAppliedException("the wait for " + resource.name()
                + " has ended: the session of " + resource.session().node() + " with group "
                + resource.session().group() + " was closed"));
    }

    private void endsWith(Registration registration) {
        result.whenComplete((value, error) -> registration.close());
    }

    /**
     * Events of the revision that was seen come again: one may have happened between two commands. For the same reason nothing less than a linearizable question will do after one: what expires by
     * time has the revision of the command before, and a replica that has applied that may not have come to the time.
     */
    private void watch(long seen) {
        watching = true;
        Watcher watcher = new Watcher() {
            @Override
            public void onEvents(List<Event> events) {
                ask();
            }

            @Override
            public void onCompacted(long revision) {
                ask();
            }
        };
        endsWith(resource.session().follow(resource.type(), resource.name(), range, Math.max(1, seen), watcher));
    }

    private void ask() {
        if (result.isDone()) {
            return;
        }
        Deadline attempt = Deadline.after(resource.nowNanos(), ATTEMPT);
        resource.session()
                .ask(resource.type(), resource.name(), question, ReadConsistency.LINEARIZABLE, attempt)
                .whenComplete((answer, error) -> {
                    if (error == null) {
                        answered(answer);
                    } else {
                        failed(error);
                    }
                });
    }

    private void answered(Answer answer) {
        try {
            decides.apply(answer.payload())
                    .ifPresentOrElse(value -> result.complete(Optional.of(value)), () -> waitFrom(answer.revision()));
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    /** Only the first question has no watch yet, and it is asked once at a time. */
    private void waitFrom(long revision) {
        if (!watching) {
            watch(revision);
        }
    }

    private void failed(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        boolean again = cause instanceof HoldfastException known && known.retry() != Retry.NEVER;
        if (again) {
            resource.shared().environment().scheduler().schedule(RETRY, this::ask);
        } else {
            result.completeExceptionally(cause);
        }
    }
}
