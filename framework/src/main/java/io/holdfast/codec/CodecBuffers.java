package io.holdfast.codec;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.core.util.RecyclerPool;

/**
 * Jackson's buffers between two messages: a bounded number, without a lock and without state of a thread, since there may be very many virtual ones. A message that finds its place empty
 * allocates buffers of its own; buffers that find their place taken are left to the garbage collector.
 */
final class CodecBuffers implements RecyclerPool<BufferRecycler> {
    private static final long serialVersionUID = 1;
    private static final int PLACES = 64; // of about 16 KiB
    private static final int SPACING = 16; // places of different threads are on different cache lines

    private final transient AtomicReferenceArray<@Nullable BufferRecycler> places =
            new AtomicReferenceArray<>(PLACES * SPACING);

    @Override
    public BufferRecycler acquirePooled() {
        int place = place();
        BufferRecycler pooled = places.get(place);
        return pooled != null && places.compareAndSet(place, pooled, null) ? pooled : new BufferRecycler();
    }

    @Override
    public void releasePooled(BufferRecycler buffers) {
        places.set(place(), buffers);
    }

    @SuppressWarnings("deprecation") // threadId() is of JDK 19
    private static int place() {
        return (int) (Thread.currentThread().getId() % PLACES) * SPACING;
    }

    @Override
    public int pooledCount() {
        int count = 0;
        for (int i = 0; i < places.length(); i += SPACING) {
            count += places.get(i) == null ? 0 : 1;
        }
        return count;
    }

    @Override
    public boolean clear() {
        for (int i = 0; i < places.length(); i += SPACING) {
            places.set(i, null);
        }
        return true;
    }
}
