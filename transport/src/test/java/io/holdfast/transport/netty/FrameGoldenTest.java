package io.holdfast.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The bytes of version 1 on the wire: a change of one of these is a change of the protocol. */
class FrameGoldenTest {
    private static final Hello HELLO =
            new Hello(1, 1, 4 * 1024 * 1024, NodeId.of("a"), Address.of("10.0.0.1", 7946), "shop", "c1");

    @Test
    void hello() {
        assertThat(bytes(HELLO::write))
                .isEqualTo("00000021" + "01" + "484f4c44" + "01" + "01" + "00" + "00400000" + "0161"
                        + "0831302e302e302e31" + "1f0a" + "0473686f70" + "026331");
    }

    @Test
    void helloIsReadAgain() {
        ByteBuf frame = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(bytes(HELLO::write)));
        assertThat(Hello.read(frame.skipBytes(5))).isEqualTo(HELLO);
    }

    @Test
    void request() {
        assertThat(bytes(out -> {
                    out.begin(FrameType.REQUEST).writeInt(7).writeByte(1);
                    envelope(out, CallContext.EMPTY);
                }))
                .isEqualTo("0000000f" + "03" + "00000007" + "01" + "0572" + "2f616263" + "00" + "0102");
    }

    @Test
    void requestWithDeadline() {
        assertThat(bytes(out -> {
                    out.begin(FrameType.REQUEST).writeInt(7).writeByte(1);
                    envelope(out, CallContext.EMPTY.withDeadline(new Deadline(1255)));
                }))
                .isEqualTo(
                        "00000018" + "03" + "00000007" + "01" + "05722f616263" + "0101" + "00000000000000ff" + "0102");
    }

    @Test
    void oneWay() {
        assertThat(bytes(out -> {
                    out.begin(FrameType.ONE_WAY);
                    envelope(out, CallContext.EMPTY);
                }))
                .isEqualTo("0000000a" + "06" + "05722f616263" + "00" + "0102");
    }

    @Test
    void streamOpen() {
        assertThat(bytes(out -> {
                    out.begin(FrameType.STREAM_OPEN).writeInt(7).writeByte(2).writeInt(256);
                    envelope(out, CallContext.EMPTY);
                }))
                .isEqualTo("00000013" + "07" + "00000007" + "02" + "00000100" + "05722f616263" + "00" + "0102");
    }

    @Test
    void responseAndItem() {
        assertThat(bytes(out -> {
                    out.begin(FrameType.RESPONSE).writeInt(7);
                    out.end(new byte[] {1, 2});
                    out.begin(FrameType.STREAM_ITEM).writeInt(8);
                    out.end(new byte[] {3});
                }))
                .isEqualTo("00000007" + "04" + "00000007" + "0102" + "00000006" + "08" + "00000008" + "03");
    }

    @Test
    void error() {
        assertThat(bytes(out -> WireErrors.write(7, new NotAppliedException("no"), out)))
                .isEqualTo("00000010" + "05" + "00000007" + "07" + "ffffffffffffffff" + "6e6f");
        assertThat(bytes(out -> WireErrors.write(7, new OverloadedException("no", Duration.ofNanos(255)), out)))
                .isEqualTo("00000010" + "05" + "00000007" + "08" + "00000000000000ff" + "6e6f");
    }

    @Test
    void creditAndCancel() {
        assertThat(bytes(out -> ControlFrame.credit(7, 128).write(out)))
                .isEqualTo("00000009" + "09" + "00000007" + "00000080");
        assertThat(bytes(out -> ControlFrame.cancel(7).write(out))).isEqualTo("00000005" + "0b" + "00000007");
    }

    @Test
    void aLargePayloadFollowsItsHeadWithoutACopy() {
        byte[] large = new byte[20_000];
        String frame = bytes(out -> {
            out.begin(FrameType.RESPONSE).writeInt(7);
            out.end(large);
        });
        assertThat(frame).startsWith("00004e25" + "04" + "00000007").hasSize(2 * (4 + 5 + 20_000));
    }

    private static void envelope(FrameWriter out, CallContext context) {
        out.route("r/abc".getBytes(StandardCharsets.UTF_8));
        out.context(context, 1000);
        out.end(new byte[] {1, 2});
    }

    private static String bytes(Consumer<FrameWriter> write) {
        StringBuilder hex = new StringBuilder();
        FrameWriter writer = new FrameWriter(UnpooledByteBufAllocator.DEFAULT, buffer -> {
            hex.append(ByteBufUtil.hexDump(buffer));
            buffer.release();
        });
        write.accept(writer);
        writer.handOver();
        return hex.toString();
    }
}
