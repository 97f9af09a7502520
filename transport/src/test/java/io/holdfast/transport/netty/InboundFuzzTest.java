package io.holdfast.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.Flow;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import org.slf4j.helpers.NOPLogger;

/** Any bytes, before and after hello: refused or served, never an exception that escapes, never work left behind. */
class InboundFuzzTest {
    private static final Environment ENVIRONMENT = Environment.system();

    private final MonotonicClock clock = ENVIRONMENT.clock();
    private final Shared shared = shared();

    @AfterContainer
    static void close() {
        ENVIRONMENT.close();
    }

    private Shared shared() {
        Shared made = new Shared(
                TransportConfig.local(),
                TransportIdentity.of("a", "test"),
                new TransportMeters(new SimpleMeterRegistry()),
                new RateLimitedLog(NOPLogger.NOP_LOGGER, clock),
                LinkFaults.off());
        made.bound(Address.of("127.0.0.1", 7946));
        made.requests.add("r", exchange -> exchange.reply(exchange.request().payload()));
        made.requests.add("n", exchange -> {});
        made.streams.add(
                "r",
                request -> subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                    @Override
                    public void request(long n) {
                        subscriber.onNext(new byte[1]);
                    }

                    @Override
                    public void cancel() {}
                }));
        return made;
    }

    @Property(tries = 700)
    void anyBytesInsteadOfAHello(@ForAll @Size(max = 300) byte[] bytes) {
        feed(Unpooled.buffer().writeBytes(bytes)); // never the shared empty buffer, which counts no references
    }

    @Property(tries = 700)
    void anyBodyInAnyFrameAfterHello(
            @ForAll @ByteRange(min = 0, max = 20) byte type, @ForAll @Size(max = 120) byte[] body) {
        feed(Unpooled.wrappedBuffer(RawPeer.hello("fuzz"), frame(type, body)));
    }

    @Property(tries = 700)
    void aGoodRequestWithAnyByteChanged(@ForAll @ByteRange(min = 0, max = 15) byte at, @ForAll byte value) {
        byte[] request = {0, 0, 0, 1, 1, 1, 'n', 1, 1, 0, 0, 0, 0, 0, 1, 0};
        request[at] = value;
        feed(Unpooled.wrappedBuffer(
                RawPeer.hello("fuzz"),
                frame(FrameType.REQUEST, request),
                frame(FrameType.STREAM_OPEN, request),
                frame(FrameType.ONE_WAY, request)));
    }

    private static byte[] frame(byte type, byte[] body) {
        ByteBuf frame =
                Unpooled.buffer().writeInt(body.length + 1).writeByte(type).writeBytes(body);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }

    private void feed(ByteBuf bytes) {
        EmbeddedChannel channel = new EmbeddedChannel();
        InboundWire wire = new InboundWire(shared, new IoLoop(channel.eventLoop(), clock), false);
        channel.pipeline().addLast(wire);
        channel.pipeline().fireChannelActive();
        channel.writeInbound(bytes);
        channel.checkException();
        channel.finishAndReleaseAll();
        assertThat(bytes.refCnt()).isZero();
        assertThat(wire.isClosed()).isTrue();
        assertThat(wire.queuedBytes()).isZero();
        assertThat(shared.connections.active().sum()).isZero();
        assertThat(shared.connections.wires()).isEmpty();
        assertThat(shared.ungreeted.size()).isZero();
    }
}
