package io.holdfast.consensus.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of eight bytes, high byte first. */
final class Fixed {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Fixed() {}

    static void put(byte[] bytes, int at, long value) {
        LONGS.set(bytes, at, value);
    }

    static long get(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }
}
