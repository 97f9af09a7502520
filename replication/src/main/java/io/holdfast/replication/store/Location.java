package io.holdfast.replication.store;

/** Where a frame is, in one number: the low 20 bits of its segment's number, where it begins (23 bits) and how long it is (21 bits), both in units of 8 bytes. Neither 0 nor -1 is one. */
final class Location {
    private static final int SEGMENT_BITS = 20;
    private static final int OFFSET_BITS = 23;
    private static final int SIZE_BITS = 21;

    private Location() {}

    static long of(long segment, long offset, int size) {
        return (segment & mask(SEGMENT_BITS)) << (OFFSET_BITS + SIZE_BITS) | (offset / 8) << SIZE_BITS | size / 8;
    }

    /** How many segments it lies after one that is there. */
    static int after(long location, long segment) {
        return (int) (((location >>> (OFFSET_BITS + SIZE_BITS)) - segment) & mask(SEGMENT_BITS));
    }

    static int offset(long location) {
        return (int) (location >>> SIZE_BITS & mask(OFFSET_BITS)) * 8;
    }

    static int size(long location) {
        return (int) (location & mask(SIZE_BITS)) * 8;
    }

    private static long mask(int bits) {
        return (1L << bits) - 1;
    }
}
