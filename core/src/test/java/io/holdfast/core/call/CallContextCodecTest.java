package io.holdfast.core.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Deadline;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.security.Principal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class CallContextCodecTest {
    private static final long NOW = 1_000;

    @Test
    void anEmptyContextIsOneByte() {
        assertThat(hex(CallContext.EMPTY)).isEqualTo("00");
        assertThat(decode("00")).isSameAs(CallContext.EMPTY);
    }

    @Test
    void everyPartHasItsFixedBytes() {
        CallContext full = CallContext.EMPTY
                .withDeadline(new Deadline(NOW + 0x0102))
                .withCorrelationId("c-1")
                .withTrace(new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 1, "k=v"))
                .withBaggage(Map.of("a", "b"))
                .withCriticality(Criticality.SHEDDABLE)
                .withRetryBudget(3)
                .withFencingToken(7)
                .withPrincipal(new Principal("api", Principal.Source.DNS_SAN));
        assertThat(hex(full))
                .isEqualTo("01ff" + "0000000000000102" + "03632d31"
                        + "0af7651916cd43dd8448eb211c80319c" + "b7ad6b7169203331" + "01" + "00036b3d76"
                        + "01" + "000161" + "000162" + "00" + "00000003" + "0000000000000007" + "01" + "0003617069");
    }

    @Test
    void aDeadlineTravelsAsTheTimeThatRemains() {
        CallContext sent = CallContext.EMPTY.withDeadline(Deadline.after(NOW, Duration.ofMillis(5)));
        ByteBuffer bytes = encode(sent, NOW + 1_000_000);
        assertThat(CallContextCodec.decode(bytes, 99).deadline().nanos()).isEqualTo(99 + 4_000_000);
    }

    @Test
    void anExpiredDeadlineArrivesExpired() {
        ByteBuffer bytes = encode(CallContext.EMPTY.withDeadline(new Deadline(NOW - 5)), NOW);
        assertThat(CallContextCodec.decode(bytes, 99).deadline().isExpired(99)).isTrue();
    }

    @Test
    void anUnknownVersionNamesTheRemedy() {
        assertThatThrownBy(() -> decode("0200"))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("version (2)")
                .hasMessageContaining("upgrade");
    }

    @Test
    void brokenBoundsAreRefused() {
        for (String bytes : new String[] {
            "", "01", "0101", "0101ffffffffffffffff", "0202", "0102ff6162", "0108ff", "011004", "0120ffffffff", "018009"
        }) {
            assertThatThrownBy(() -> decode(bytes)).as(bytes).isInstanceOf(ProtocolException.class);
        }
    }

    @Property(tries = 300)
    void whatIsWrittenIsReadAgain(
            @ForAll @LongRange(min = 0, max = 1L << 60) long remaining,
            @ForAll @CharRange(from = '!', to = '~') @StringLength(max = 128) String correlation,
            @ForAll @IntRange(max = 9) int entries,
            @ForAll Criticality criticality,
            @ForAll @IntRange int retries,
            @ForAll @LongRange(min = 0) long token,
            @ForAll @CharRange(from = 'a', to = 'ü') @StringLength(min = 1, max = 100) String name) {
        CallContext sent = CallContext.EMPTY
                .withDeadline(new Deadline(NOW + remaining))
                .withCorrelationId(correlation)
                .withBaggage(Map.of("k", Integer.toString(entries)))
                .withCriticality(criticality)
                .withRetryBudget(retries)
                .withFencingToken(token)
                .withPrincipal(new Principal(name, Principal.Source.SPIFFE));
        CallContext read = CallContextCodec.decode(encode(sent, NOW), NOW);
        assertThat(read.deadline()).isEqualTo(sent.deadline());
        assertThat(read.correlationId()).isEqualTo(correlation);
        assertThat(read.baggage()).isEqualTo(sent.baggage());
        assertThat(read.criticality()).isEqualTo(criticality);
        assertThat(read.retryBudget()).isEqualTo(retries);
        assertThat(read.fencingToken()).isEqualTo(sent.fencingToken());
        assertThat(read.principal()).isEqualTo(sent.principal());
    }

    @Property(tries = 2000)
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 200) byte[] bytes) {
        try {
            CallContextCodec.decode(ByteBuffer.wrap(bytes), NOW);
        } catch (ProtocolException refused) {
            assertThat(refused).hasMessageContaining("call context");
        }
    }

    private static CallContext decode(String hex) {
        return CallContextCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)), NOW);
    }

    private static String hex(CallContext context) {
        ByteBuffer bytes = encode(context, NOW);
        return HexFormat.of().formatHex(bytes.array(), 0, bytes.limit());
    }

    private static ByteBuffer encode(CallContext context, long nowNanos) {
        ByteBuffer out = ByteBuffer.allocate(CallContextCodec.MAX_BYTES);
        CallContextCodec.encode(context, nowNanos, out);
        return out.flip();
    }
}
