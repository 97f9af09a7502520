package io.holdfast.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameSplitterTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final List<String> frames = new ArrayList<>();
    private final FrameSplitter.Sink sink = new FrameSplitter.Sink() {
        @Override
        public void onFrame(byte type, ByteBuf body) {
            frames.add(type + ":" + ByteBufUtil.hexDump(body));
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    };

    @Property(tries = 300)
    void howeverTheBytesAreCutTheFramesAreTheSame(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 3000) Integer> sizes,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 700) Integer> cuts) {
        ByteBuf all = Unpooled.buffer();
        List<String> expected = new ArrayList<>();
        for (int size : sizes) {
            byte[] body = new byte[size];
            all.writeInt(size + 1).writeByte(size & 7).writeBytes(body);
            expected.add((size & 7) + ":" + ByteBufUtil.hexDump(body));
        }
        frames.clear();
        FrameSplitter splitter = new FrameSplitter(allocator, 4096);
        for (int i = 0; all.isReadable(); i++) {
            splitter.feed(all.readBytes(Math.min(all.readableBytes(), cuts.get(i % cuts.size()))), sink);
        }
        splitter.release();
        assertThat(frames).isEqualTo(expected);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void aClaimedLengthTakesNoMemory() {
        FrameSplitter splitter = new FrameSplitter(allocator, 64 * 1024 * 1024);
        splitter.feed(Unpooled.buffer().writeInt(64 * 1024 * 1024).writeBytes(new byte[10]), sink);
        assertThat(allocator.metric().usedHeapMemory()).isLessThan(1024);
        splitter.release();
    }

    @Test
    void aLengthOutOfBoundsIsRefused() {
        for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 4097}) {
            FrameSplitter splitter = new FrameSplitter(allocator, 4096);
            assertThatThrownBy(() -> splitter.feed(Unpooled.buffer().writeInt(length), sink))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("must be 1 to 4096");
            splitter.release();
        }
    }

    @Test
    void aTlsRecordIsNamedAsSuch() {
        FrameSplitter splitter = new FrameSplitter(allocator, 4096);
        assertThatThrownBy(() -> splitter.feed(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("16030100c8")), sink))
                .hasMessageContaining("TLS");
    }
}
