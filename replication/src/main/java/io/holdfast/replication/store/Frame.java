package io.holdfast.replication.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * One record of a segment: a header of 32 bytes, the key, the state, and zeros up to a multiple of 8.
 *
 * <p>The header has a checksum (CRC32C) of its own and holds the one of the rest, so that a spoilt state costs one row, which is known by the hash of its key, and the frames after it are found.
 * The header's checksum is mixed with the store, the segment and the place: what the disk has written elsewhere, or an older file, is no frame here. An instance is the header of the frame that
 * was looked at last; for use by one thread.
 */
final class Frame {
    /** A segment begins with it: key hash is the store, state hash the first segment that is there, the key the format. */
    static final byte SEGMENT = 1;
    /** All before it was synced when it was written: each piece that is written and synced begins with it. */
    static final byte BEGIN = 2;

    static final byte PUT = 3;
    static final byte REMOVE = 4;
    /** The row whose key has this hash was damaged, and has not been put again. */
    static final byte LOST = 5;
    /** Segments below the number in the key hash are no longer needed. */
    static final byte FIRST = 6;

    static final int HEADER = 32;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    byte kind;
    int keyLength;
    int stateLength;
    int bodyChecksum;
    long keyHash;
    long stateHash;

    static int size(int keyLength, int stateLength) {
        return (HEADER + keyLength + stateLength + 7) & ~7;
    }

    int size() {
        return size(keyLength, stateLength);
    }

    /** Sets what is written next. */
    Frame of(byte newKind, long newKeyHash, long newStateHash, int newKeyLength, int newStateLength) {
        kind = newKind;
        keyHash = newKeyHash;
        stateHash = newStateHash;
        keyLength = newKeyLength;
        stateLength = newStateLength;
        return this;
    }

    /** Writes the frame whose body is in its place already, except for its last zeros. */
    void write(byte[] bytes, int at, int salt) {
        int size = size();
        Arrays.fill(bytes, at + HEADER + keyLength + stateLength, at + size, (byte) 0);
        bodyChecksum = checksum(bytes, at + HEADER, size - HEADER);
        INT.set(bytes, at + 4, kind << 24 | keyLength);
        INT.set(bytes, at + 8, stateLength);
        INT.set(bytes, at + 12, bodyChecksum);
        LONG.set(bytes, at + 16, keyHash);
        LONG.set(bytes, at + 24, stateHash);
        INT.set(bytes, at, checksum(bytes, at + 4, HEADER - 4) ^ salt);
    }

    /** Reads a header; false if it is none, or one of another place. */
    boolean read(byte[] bytes, int at, int salt) {
        if ((int) INT.get(bytes, at) != (checksum(bytes, at + 4, HEADER - 4) ^ salt)) {
            return false;
        }
        int first = (int) INT.get(bytes, at + 4);
        kind = (byte) (first >>> 24);
        keyLength = first & 0xFFFFFF;
        stateLength = (int) INT.get(bytes, at + 8);
        bodyChecksum = (int) INT.get(bytes, at + 12);
        keyHash = (long) LONG.get(bytes, at + 16);
        stateHash = (long) LONG.get(bytes, at + 24);
        return stateLength >= 0 && stateLength <= RowStore.MAX_STATE && keyLength <= 0xFFFF;
    }

    /** Whether the body behind the header that was read is what was written. */
    boolean isWhole(byte[] bytes, int at) {
        return checksum(bytes, at + HEADER, size() - HEADER) == bodyChecksum;
    }

    boolean hasKey(byte[] bytes, int at, byte[] key) {
        return keyLength == key.length
                && Arrays.equals(bytes, at + HEADER, at + HEADER + keyLength, key, 0, key.length);
    }

    byte[] key(byte[] bytes, int at) {
        return Arrays.copyOfRange(bytes, at + HEADER, at + HEADER + keyLength);
    }

    byte[] state(byte[] bytes, int at) {
        int from = at + HEADER + keyLength;
        return Arrays.copyOfRange(bytes, from, from + stateLength);
    }

    /** What the checksum of a header at a place is mixed with. */
    static int salt(long storeId, long segment, long offset) {
        long z = (storeId ^ segment * 0x9e3779b97f4a7c15L) + offset * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 30)) * 0x94d049bb133111ebL;
        return (int) (z >>> 32);
    }

    private static int checksum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
