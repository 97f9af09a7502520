package io.holdfast.benchmarks.consensus;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The bytes of a log entry and of a thin gateway's request: a key, and behind it the value of a write. */
final class Command {
    private Command() {}

    static byte[] of(byte[] key, byte[] value) {
        byte[] command = Arrays.copyOf(key, key.length + value.length);
        System.arraycopy(value, 0, command, key.length, value.length);
        return command;
    }

    /** The key as something that can be looked up. */
    static ByteBuffer key(byte[] command) {
        return ByteBuffer.wrap(Arrays.copyOf(command, Keys.KEY_BYTES));
    }

    static byte[] value(byte[] command) {
        return Arrays.copyOfRange(command, Keys.KEY_BYTES, command.length);
    }
}
