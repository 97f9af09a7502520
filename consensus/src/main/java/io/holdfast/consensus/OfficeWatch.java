package io.holdfast.consensus;

import io.holdfast.consensus.primitive.PermitType;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.session.Watcher;
import io.holdfast.consensus.state.Event;
import io.holdfast.core.Deadline;
import io.holdfast.core.env.Registration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows who holds an office. An event says only that there is another holder; who, is asked until the group answers, so that the last change is told however long it was silent. */
final class OfficeWatch implements Registration, Watcher {
    private final Resource resource;
    private final Consumer<Optional<LeaderElection.Term>> listener;
    private volatile @Nullable CompletableFuture<?> asking;
    private volatile @Nullable Registration events;
    private volatile boolean closed;

    OfficeWatch(Resource resource, Consumer<Optional<LeaderElection.Term>> listener) {
        this.resource = resource;
        this.listener = listener;
    }

    void start() {
        KeyRange office = KeyRange.only(new byte[0]);
        events = resource.session().watch(resource.type(), resource.name(), office, 0, this);
    }

    @Override
    public void onBegin() {
        tell();
    }

    @Override
    public void onEvents(List<Event> changes) {
        tell();
    }

    @Override
    public void onCompacted(long revision) {
        tell();
    }

    private void tell() {
        CompletableFuture<Optional<Optional<LeaderElection.Term>>> answer = resource.until(
                PermitType.describe(),
                0,
                KeyRange.ALL,
                Deadline.NONE,
                description -> Optional.of(LeaderElection.term(description)));
        asking = answer;
        if (closed) {
            answer.cancel(false);
        }
        try {
            answer.join().ifPresent(term -> Listening.tell(resource.name(), () -> listener.accept(term)));
        } catch (CancellationException e) {
            // closed
        } catch (CompletionException e) {
            if (resource.session().isClosed()) {
                return;
            }
            throw new IllegalStateException("the holder of " + resource.name() + " cannot be told: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        closed = true;
        Registration watching = events;
        if (watching != null) {
            watching.close();
        }
        CompletableFuture<?> open = asking;
        if (open != null) {
            open.cancel(false);
        }
    }
}
