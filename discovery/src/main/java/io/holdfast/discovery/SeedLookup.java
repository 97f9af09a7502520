package io.holdfast.discovery;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.discovery.seed.SeedSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks seeds up again and again, on a thread of its own: a name server or a file system may be slow. Safe for use by many threads. */
final class SeedLookup implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SeedLookup.class);

    private final SeedSource source;
    private final Duration pause;
    private final Environment environment;
    private final ExecutorService thread;
    private final Consumer<List<Address>> found;
    private final Runnable beforeRepeat;
    private @Nullable Registration timer;
    private boolean closed;

    SeedLookup(
            SeedSource source,
            Duration pause,
            Environment environment,
            NodeId node,
            Consumer<List<Address>> found,
            Runnable beforeRepeat) {
        this.source = source;
        this.pause = pause;
        this.environment = environment;
        this.thread = environment.threads().serial("holdfast-seeds-" + node, 4);
        this.found = found;
        this.beforeRepeat = beforeRepeat;
    }

    /** Looks up now, and after each pause. */
    synchronized void start() {
        if (closed) {
            return;
        }
        try {
            thread.execute(this::lookUp);
        } catch (RejectedExecutionException e) {
            log.debug("seeds are not looked up now: the last look-ups are under way");
        }
        timer = environment.scheduler().schedule(pause, this::repeat);
    }

    private void repeat() {
        beforeRepeat.run();
        start();
    }

    private void lookUp() {
        try {
            found.accept(source.find());
        } catch (IOException | RuntimeException e) {
            log.warn("seeds cannot be looked up, those found before stay: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.close();
        }
        thread.shutdown();
    }
}
