package io.holdfast.consensus.storage;

import java.io.IOException;

/** The bytes of a file are not those that were written, so that no later attempt to read it helps. Whatever else keeps a file from being read (no permission, too many open files) is another exception. */
public final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message the file, the place and what is wrong
     */
    public DamagedException(String message) {
        super(message);
    }
}
