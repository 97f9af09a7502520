package io.holdfast.circuitbreaker.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.Bulletin;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PageCodecTest {
    private static final Target DB = new Target("db");
    private static final Target WEB = new Target("web");
    private static final Map<Target, Sighting> SIGHTINGS = Map.of(
            DB, new Sighting(Sighting.State.OPEN, true, 300, -1, 100, 60),
            WEB, new Sighting(Sighting.State.CLOSED, false, 0, 0, 7, 0));

    /** A change that breaks this test needs a new version. */
    @Test
    void theLayoutStays() {
        assertThat(HexFormat.of().formatHex(SightingsCodec.encode(5, SIGHTINGS)))
                .isEqualTo("01" + "05" + "026462" + "82" + "ac02" + "00" + "64" + "3c" + "03776562" + "01" + "00" + "01"
                        + "07" + "00");
        assertThat(HexFormat.of().formatHex(DemandsCodec.encode(Map.of("db", 0.3, "api", 1000.0))))
                .isEqualTo("01" + "03617069" + "c0843d" + "026462" + "ac02");
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(SightingsCodec.decode(SightingsCodec.encode(1L << 40, SIGHTINGS)))
                .isEqualTo(SIGHTINGS);
        Map<String, Double> demands = Map.of("db", 12.345, "api", 0.0);
        assertThat(DemandsCodec.decode(DemandsCodec.encode(demands))).isEqualTo(demands);
    }

    @Test
    void aPageKeepsItsBoundAndTheCircuitsThatAreNotClosed() {
        Map<Target, Sighting> many = new TreeMap<>();
        for (int i = 0; i < 1000; i++) {
            many.put(new Target("policy-" + i), new Sighting(Sighting.State.CLOSED, false, 0, -1, i, 0));
        }
        Target open = new Target("zzz");
        many.put(open, new Sighting(Sighting.State.OPEN, false, 1, -1, 1, 1));
        byte[] page = SightingsCodec.encode(1, many);
        assertThat(page.length).isBetween(Bulletin.MAX_VALUE_BYTES - 100, Bulletin.MAX_VALUE_BYTES);
        assertThat(SightingsCodec.decode(page))
                .containsKeys(open, new Target("policy-999"))
                .doesNotContainKey(new Target("policy-1"));
        Map<String, Double> demands = new TreeMap<>();
        many.keySet().forEach(target -> demands.put(target.policy(), 5.0));
        assertThat(DemandsCodec.encode(demands).length).isLessThanOrEqualTo(Bulletin.MAX_VALUE_BYTES);
    }

    @Test
    void anotherVersionAndNumbersOutOfBoundsAreRefusedByName() {
        byte[] page = SightingsCodec.encode(5, SIGHTINGS);
        page[0] = 9;
        assertThatThrownBy(() -> SightingsCodec.decode(page))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("version 9");
        byte[] huge = HexFormat.of().parseHex("0105" + "026462" + "82" + "ffffffffffffffff7f" + "00" + "64" + "3c");
        assertThatThrownBy(() -> SightingsCodec.decode(huge)).hasMessageContaining("round");
        byte[] wish = HexFormat.of().parseHex("01" + "026462" + "ffffffffffffffff7f");
        assertThatThrownBy(() -> DemandsCodec.decode(wish)).hasMessageContaining("demand");
    }

    @Property(tries = 2000)
    void bytesOfAnyOriginAreReadOrRefused(@ForAll @Size(max = 60) byte[] bytes) {
        byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
        for (byte[] each : new byte[][] {
            bytes,
            versioned(bytes, SightingsCodec.VERSION),
            versioned(half, SightingsCodec.VERSION),
            versioned(bytes, DemandsCodec.VERSION),
            versioned(half, DemandsCodec.VERSION)
        }) {
            try {
                SightingsCodec.decode(each);
            } catch (ProtocolException e) {
                assertThat(e).hasMessageContaining("page of circuits");
            }
            try {
                DemandsCodec.decode(each);
            } catch (ProtocolException e) {
                assertThat(e).hasMessageContaining("page of demands");
            }
        }
    }

    private static byte[] versioned(byte[] bytes, int version) {
        byte[] versioned = bytes.clone();
        if (versioned.length > 0) {
            versioned[0] = (byte) version;
        }
        return versioned;
    }
}
