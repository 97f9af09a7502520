package io.holdfast.consensus.storage;

import io.holdfast.core.env.DurableCells;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a replica's term and vote in a durable cell. Ratis' own file has no checksum, and its rename may be undone by a power failure; so before this replica answers or sends anything that binds
 * it in a new term, the copy must be there. {@link LogDoctor} goes by it when the file has forgotten or changed what was promised. Safe for use by many threads.
 */
public final class VoteCopy {
    /** The cell's name. */
    public static final String CELL = "vote";

    private final Path current;
    private final DurableCells cells;
    private @Nullable Vote kept;
    private volatile long term = -1;

    /**
     * Makes a copy that has copied nothing yet.
     *
     * @param current the directory of {@code raft-meta}
     * @param cells where the copy is kept: beside the replica, so that both are set aside together
     */
    public VoteCopy(Path current, DurableCells cells) {
        this.current = current;
        this.cells = cells;
    }

    /**
     * The term that was copied last.
     *
     * @return the term, or -1
     */
    public long term() {
        return term;
    }

    /**
     * Makes the term and vote durable as they are now. Blocks for some syncs if they have changed.
     *
     * @throws IOException if they cannot be read or written; then nothing that binds the replica may be said
     */
    public synchronized void keep() throws IOException {
        try {
            Vote now = Vote.parse(Files.readAllBytes(current.resolve(Vote.FILE)));
            if (!now.equals(kept)) {
                Durably.syncDirectory(current);
                cells.write(CELL, now.bytes());
                kept = now;
                term = now.term();
            }
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            throw new IOException("term and vote in " + current + " cannot be copied: " + e.getMessage(), e);
        }
    }
}
