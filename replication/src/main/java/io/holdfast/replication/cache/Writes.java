package io.holdfast.replication.cache;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How a near cache writes. Safe for use by many threads. */
interface Writes<K, V> {
    /** Writes or removes a key. */
    CompletionStage<Void> write(K key, Optional<V> value);

    /** The write of a key that waits or is under way and that reads are to see already, or null. */
    @Nullable Queued<V> queued(K key);

    /** Takes no more writes, and tells what is not written by the end of the limit. */
    CompletionStage<List<Unwritten<K, V>>> close(Duration limit);

    /** A write that waits; the numbers of one key only grow. */
    record Queued<V>(Optional<V> value, long number) {}
}
