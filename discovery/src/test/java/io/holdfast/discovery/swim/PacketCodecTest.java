package io.holdfast.discovery.swim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PacketCodecTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final Address AT = Address.of("10.0.0.2", 7946);
    private static final Rumor.OfMember SUSPECT = new Rumor.OfMember(B, AT, "z1", 65_537, MemberState.SUSPECT, A);
    private static final Rumor.OfService OFFER = new Rumor.OfService(
            B,
            ServiceName.of("catalog"),
            7,
            new ServiceInstance(
                    ServiceName.of("catalog"), B, AT, "1.4.0", "z1", Map.of("t", "g"), 100, true, List.of(-1, 2)));
    private static final Rumor.OfService WITHDRAWN = new Rumor.OfService(B, ServiceName.of("catalog"), 8, null);

    private static final Rumor.OfNote NOTE = new Rumor.OfNote(B, "weather", 3, new byte[] {1, -1});
    private static final Rumor.OfNote SILENCE = new Rumor.OfNote(B, "weather", 4, null);
    private static final Charter CHARTER = Charter.of("id", List.of(B, A));

    static Stream<Body> bodies() {
        return Stream.of(
                new Body.Ping(300, B),
                new Body.Ack(300, B),
                new Body.PingRequest(1, B, AT),
                new Body.Nack(1, B, true),
                new Body.Gossip(),
                new Body.Digest(-1, 1, 2),
                new Body.State(
                        List.of(SUSPECT), List.of(new Body.OwnerHash(B, 5)), List.of(new Body.OwnerHash(A, 6)), true),
                new Body.Offers(List.of(OFFER, WITHDRAWN)),
                new Body.Notes(List.of(NOTE, SILENCE)),
                new Body.Hello(-9, 3, SUSPECT, AT, List.of(AT), List.of(AT, AT)),
                new Body.Welcome(),
                new Body.Refuse("ünique", true),
                new Body.Prepare(1L << 40, 3),
                new Body.Promise(2, 1, CHARTER),
                new Body.Accept(2, 3, CHARTER),
                new Body.Accepted(2),
                new Body.Outbid(3));
    }

    private static Packet packet(Body body, Rumor... rumors) {
        return new Packet("c", "id", A, body, List.of(rumors));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void whatIsWrittenIsRead(Body body) {
        Packet packet = packet(body, SUSPECT, OFFER, WITHDRAWN, NOTE, SILENCE);
        assertThat(PacketCodec.decode(PacketCodec.encode(packet)).toString()).isEqualTo(packet.toString());
    }

    /** These bytes are version 2: a change that breaks this test needs a new version. */
    @Test
    void theLayoutOfVersionTwoStays() {
        assertThat(hex(packet(new Body.Ping(300, B), SUSPECT)))
                .isEqualTo("02" + "0163" + "026964" + "0161" + "01ac020162" + "01" + "01" + "0162"
                        + "0831302e302e302e32" + "8a3e" + "027a31" + "818004" + "01" + "0161");
        assertThat(hex(packet(new Body.Gossip(), OFFER)))
                .isEqualTo("02" + "0163" + "026964" + "0161" + "05" + "01"
                        + "02" + "0162" + "07636174616c6f67" + "07" + "01" + "0831302e302e302e32" + "8a3e"
                        + "05312e342e30" + "027a31" + "01" + "0174" + "0167" + "64" + "01" + "02" + "ffffffff"
                        + "00000002");
        assertThat(hex(packet(new Body.Accept(5, 3, CHARTER))))
                .isEqualTo("02" + "0163" + "026964" + "0161" + "0e" + "05" + "03" + "026964" + "02" + "0161" + "0162"
                        + "00");
        assertThat(hex(packet(new Body.Digest(1, 2, 3), NOTE, SILENCE)))
                .isEqualTo("02" + "0163" + "026964" + "0161" + "06" + "0000000000000001" + "0000000000000002"
                        + "0000000000000003" + "02"
                        + "03" + "0162" + "0777656174686572" + "03" + "01" + "02" + "01ff"
                        + "03" + "0162" + "0777656174686572" + "04" + "00");
        assertThat(hex(packet(new Body.Notes(List.of(NOTE)))))
                .isEqualTo("02" + "0163" + "026964" + "0161" + "11" + "01" + "0162" + "0777656174686572" + "03" + "01"
                        + "02" + "01ff" + "00");
        assertThat(hex(packet(new Body.State(
                        List.of(), List.of(new Body.OwnerHash(B, 5)), List.of(new Body.OwnerHash(A, 6)), true))))
                .isEqualTo("02" + "0163" + "026964" + "0161" + "07" + "00" + "01" + "0162" + "0000000000000005" + "01"
                        + "0161" + "0000000000000006" + "01" + "00");
    }

    private static String hex(Packet packet) {
        return HexFormat.of().formatHex(PacketCodec.encode(packet));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void everyCutIsRefusedWithAReason(Body body) {
        byte[] whole = PacketCodec.encode(packet(body, OFFER));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> PacketCodec.decode(cut)).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> PacketCodec.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void anotherVersionIsRefusedByName() {
        byte[] bytes = PacketCodec.encode(packet(new Body.Welcome()));
        bytes[0] = 9;
        assertThatThrownBy(() -> PacketCodec.decode(bytes))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("version 9")
                .hasMessageContaining("knows 2");
    }

    @Property(tries = 2000)
    void randomBytesAreRefusedAndNothingElseHappens(@ForAll @Size(max = 200) byte[] bytes) {
        decodeOrRefuse(bytes);
    }

    @Property(tries = 2000)
    void oneChangedByteIsReadOrRefused(
            @ForAll @IntRange(max = 16) int body, @ForAll @IntRange(max = 300) int place, @ForAll byte value) {
        byte[] bytes = PacketCodec.encode(packet(bodies().toList().get(body), SUSPECT, OFFER, NOTE));
        bytes[place % bytes.length] = value;
        decodeOrRefuse(bytes);
    }

    private static void decodeOrRefuse(byte[] bytes) {
        try {
            PacketCodec.decode(bytes);
        } catch (ProtocolException e) {
            assertThat(e).hasMessageContaining("swim message");
        }
    }

    @Test
    void whatANodeRemembersIsReadBack() {
        SwimMemory memory = new SwimMemory("id", 3, 1L << 42, 1L << 41, CHARTER);
        assertThat(SwimMemory.decode(memory.encode())).isEqualTo(memory);
    }
}
