package io.holdfast.benchmarks.consensus;

/** Durable writes and linearizable reads that do not wait. Safe for use by many threads. */
interface KvStore {
    byte[] NOTHING = new byte[0];

    /** Writes; answered when a majority has it on its disks. */
    void put(byte[] key, byte[] value, KvAnswer answer);

    /** Reads what every write that was answered before left there. */
    void get(byte[] key, KvAnswer answer);
}
