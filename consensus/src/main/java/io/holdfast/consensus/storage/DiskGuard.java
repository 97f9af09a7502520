package io.holdfast.consensus.storage;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the space that is left where replicas are kept, so that a group becomes read-only while it can still write: a log that met a full disk does not recover. Above the mark again, and a
 * tenth of it more, all is as before, without anybody's help. Safe for use by many threads.
 */
public final class DiskGuard implements AutoCloseable {
    /**
     * When there is too little space.
     *
     * @param minFreeRatio the least part of the disk that must be free, 0 to 1
     * @param minFree as much is enough, whatever part of the disk it is: the mark is the smaller of the two
     * @param interval how often to look; a disk that fills faster than the mark in this time is noticed too late
     */
    public record Mark(double minFreeRatio, DataSize minFree, Duration interval) {
        /**
         * Validates the bounds.
         *
         * @param minFreeRatio as the component
         * @param minFree as the component
         * @param interval as the component
         * @throws IllegalArgumentException if one is passed; the message names it
         */
        public Mark {
            Check.ratio("minFreeRatio", minFreeRatio);
            Check.positive("interval", interval);
        }

        /**
         * A tenth of the disk, or as much of a large one; once a second.
         *
         * @param minFree as the component: {@code holdfast.consensus.raft.min-free-space}
         * @return the mark
         */
        public static Mark of(DataSize minFree) {
            return new Mark(0.1, minFree, Duration.ofSeconds(1));
        }

        private long bytes(long total) {
            return Math.min((long) (total * minFreeRatio), minFree.bytes());
        }

        /**
         * Whether a disk has too little space.
         *
         * @param space what it has
         * @return true if less is free than must be
         */
        public boolean isPassedBy(Space space) {
            return space.free() < bytes(space.total());
        }

        /** So much more must be free before all is as before, so that it does not change all the time. */
        private boolean isNearlyPassedBy(Space space) {
            long least = bytes(space.total());
            return space.free() < least + least / 10;
        }

        /**
         * What there is, what must be, and how to change either.
         *
         * @param space what the disk has
         * @return a sentence without its end
         */
        public String describe(Space space) {
            return mebibytes(space.free()) + " are free on the disk of the replicas, which has "
                    + mebibytes(space.total()) + ", and " + mebibytes(bytes(space.total()))
                    + " must be: a tenth of it, or holdfast.consensus.raft.min-free-space (" + minFree
                    + ") if that is less; make space, or lower that";
        }

        private static String mebibytes(long bytes) {
            return (bytes >> 20) + " MiB";
        }
    }

    /**
     * The space of a disk.
     *
     * @param total its size in bytes
     * @param free the bytes that this process may still write
     */
    public record Space(long total, long free) {}

    /** Measures a disk. */
    @FunctionalInterface
    public interface Probe {
        /**
         * Measures.
         *
         * @return the space now
         * @throws IOException if the disk cannot be asked; it counts as full
         */
        Space measure() throws IOException;

        /**
         * The disk that holds a directory.
         *
         * @param directory the directory
         * @return measures it
         */
        static Probe of(Path directory) {
            return () -> {
                var store = Files.getFileStore(directory);
                return new Space(store.getTotalSpace(), store.getUsableSpace());
            };
        }
    }

    private static final Logger log = LoggerFactory.getLogger(DiskGuard.class);

    private final Mark mark;
    private final Probe probe;
    private final Scheduler scheduler;
    private final ExecutorService worker;
    private final Registration health;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile String detail = "not measured yet";
    private volatile boolean full;
    private volatile boolean closed;

    private DiskGuard(Mark mark, Probe probe, Scheduler scheduler, ExecutorService worker, Telemetry telemetry) {
        this.mark = mark;
        this.probe = probe;
        this.scheduler = scheduler;
        this.worker = worker;
        this.health = telemetry
                .health()
                .add(HealthCheck.Kind.READY, "raft-disk", () -> new HealthCheck.Result(!full, detail));
    }

    /**
     * Starts to watch. The first measurement is done when this returns.
     *
     * @param mark when there is too little
     * @param probe measures the disk
     * @param scheduler time
     * @param worker where the disk is asked, which may take long; the guard closes it
     * @param telemetry where readiness goes
     * @return the guard
     */
    public static DiskGuard start(
            Mark mark, Probe probe, Scheduler scheduler, ExecutorService worker, Telemetry telemetry) {
        DiskGuard guard = new DiskGuard(mark, probe, scheduler, worker, telemetry);
        guard.look();
        guard.again();
        return guard;
    }

    /**
     * Whether there is too little space to append. Cheap enough to ask for each entry.
     *
     * @return true from below the mark until clearly above it
     */
    public boolean isFull() {
        return full;
    }

    /**
     * Refuses to append while there is too little space.
     *
     * @throws UnavailableException if there is; nothing was done
     */
    public void requireSpace() {
        if (full) {
            throw new UnavailableException("the group is read-only here until there is space again: " + detail);
        }
    }

    /**
     * Listens for the change between full and not. Called on the guard's thread; it must not block.
     *
     * @param listener runs after each change
     * @return ends the listening
     */
    public Registration onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void again() {
        scheduler.schedule(mark.interval(), () -> {
            try {
                worker.execute(() -> {
                    if (!closed) {
                        look();
                        again();
                    }
                });
            } catch (RejectedExecutionException e) {
                log.debug("the watch of the disk ends: {}", e.getMessage());
            }
        });
    }

    private void look() {
        boolean before = full;
        try {
            Space space = probe.measure();
            full = before ? mark.isNearlyPassedBy(space) : mark.isPassedBy(space);
            detail = mark.describe(space);
        } catch (IOException | UncheckedIOException e) {
            full = true;
            detail = "disk of the replicas cannot be asked for its space: " + e;
        }
        if (before != full) {
            log.warn(
                    "{}: {}, looked at each {}",
                    full ? "read-only and not ready" : "writable again",
                    detail,
                    DurationText.of(mark.interval()));
            listeners.forEach(DiskGuard::tell);
        }
    }

    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            log.error("a listener of the disk guard failed; the others are told all the same", e);
        }
    }

    /** Ends the watch and takes the health check back. */
    @Override
    public void close() {
        closed = true;
        health.close();
        worker.shutdown();
    }
}
