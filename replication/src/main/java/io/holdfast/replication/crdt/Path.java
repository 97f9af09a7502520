package io.holdfast.replication.crdt;

import java.util.Arrays;
import java.util.HexFormat;

/** Where in an object an entry lies: nothing for a counter, the element for a set; in a map the key and the kind of its value first. Ordered as unsigned bytes. Immutable. */
final class Path implements Comparable<Path> {
    static final Path ROOT = new Path(new byte[0]);

    private final byte[] bytes; // never changed
    private final int hash;

    private Path(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /** Takes the bytes, which must not be changed any more. */
    static Path of(byte[] bytes) {
        return bytes.length == 0 ? ROOT : new Path(bytes);
    }

    /** The bytes, not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    Path then(byte[] more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, bytes.length, more.length);
        return of(longer);
    }

    boolean startsWith(Path prefix) {
        return bytes.length >= prefix.bytes.length
                && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
    }

    byte[] after(Path prefix) {
        return Arrays.copyOfRange(bytes, prefix.bytes.length, bytes.length);
    }

    @Override
    public int compareTo(Path other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Path path && hash == path.hash && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
