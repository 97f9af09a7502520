package io.holdfast.consensus.storage;

import java.nio.file.Path;

/** What {@link LogDoctor} found. */
public sealed interface Finding {
    /** No replica ever ran on it: it took no vote and holds no entry. */
    record Unused() implements Finding {}

    /** All that can be checked is whole. */
    record Sound() implements Finding {}

    /**
     * The last write was torn, so it was never acknowledged; it is cut off, and the rest is whole.
     *
     * @param file the open segment
     * @param offset where it ends now
     * @param bytes how many bytes were cut off that were not zero-filled space
     */
    record Repaired(Path file, long offset, long bytes) implements Finding {}

    /**
     * Something that was on disk is not as it was. The replica may have acknowledged what it has lost, so it must never vote again under its peer id.
     *
     * @param reason the file, the place and what is wrong
     */
    record Damaged(String reason) implements Finding {}
}
