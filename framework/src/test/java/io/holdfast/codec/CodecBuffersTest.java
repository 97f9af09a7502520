package io.holdfast.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.core.util.BufferRecycler;

class CodecBuffersTest {
    private final CodecBuffers buffers = new CodecBuffers();

    @Test
    void buffersInUseAreGivenToNobodyElse() {
        BufferRecycler outer = buffers.acquirePooled();
        BufferRecycler inner = buffers.acquirePooled(); // one message inside another, on one thread
        assertThat(inner).isNotSameAs(outer);
        buffers.releasePooled(inner);
        assertThat(buffers.acquirePooled()).isSameAs(inner);
        assertThat(buffers.acquirePooled()).isNotSameAs(inner).isNotSameAs(outer);
    }

    @Test
    void whatComesBackBeyondTheBoundIsLetGo() {
        for (int i = 0; i < 1_000; i++) {
            buffers.releasePooled(new BufferRecycler());
        }
        assertThat(buffers.pooledCount()).isEqualTo(1); // one place for each thread
        assertThat(buffers.clear()).isTrue();
        assertThat(buffers.pooledCount()).isZero();
    }
}
