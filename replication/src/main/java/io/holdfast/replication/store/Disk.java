package io.holdfast.replication.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The files of one store. What is written, made or deleted survives a power failure when it is synced, not before, and may in any part before; a sync that failed must not be tried again. */
interface Disk {
    /** The names of all files. */
    List<String> names() throws IOException;

    /** Opens a file, and makes it if it is not there. */
    DiskFile open(String name) throws IOException;

    /** Deletes a file, if it is there. */
    void delete(String name) throws IOException;

    /** Makes durable which files there are. */
    void syncNames() throws IOException;

    /** How many bytes may still be written. */
    long usableSpace();

    /** One file. Writes and syncs come from one thread at a time, reads may come beside them. */
    interface DiskFile extends Closeable {
        long size() throws IOException;

        /** Reads as much as there is; returns how much that was. */
        int read(byte[] into, int offset, int length, long position) throws IOException;

        /** Writes all of it; if it throws, any part may have been written. */
        void write(byte[] from, int offset, int length, long position) throws IOException;

        void truncate(long size) throws IOException;

        void sync() throws IOException;

        @Override
        void close() throws IOException;
    }
}
