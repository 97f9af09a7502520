package io.holdfast.consensus.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.env.DurableCells;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupCodecTest {
    private static final NodeId A = NodeId.of("a");
    private static final PeerId PEER = new PeerId(NodeId.of("n1"), 0x5f3aL);
    private static final GroupId GROUP = GroupId.of("main");

    static Stream<GroupMessage> messages() {
        return Stream.of(
                new GroupMessage.Where(),
                new GroupMessage.Here(
                        Optional.of(A), true, 7, new Voters(List.of(PEER), List.of(PEER, new PeerId(A, 0)), 9)),
                new GroupMessage.Here(Optional.empty(), false, -1, new Voters(List.of(), List.of(), -1)),
                new GroupMessage.Offer(Optional.of(PEER)),
                new GroupMessage.Offer(Optional.empty()),
                new GroupMessage.Invite(),
                new GroupMessage.Dismiss(PEER),
                new GroupMessage.Leaving(),
                new GroupMessage.Released(),
                new GroupMessage.LeaderLost(3, PEER),
                new GroupMessage.Failing(PEER, Duration.ofMillis(31_500)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsWrittenIsReadAndEveryCutIsRefused(GroupMessage message) {
        byte[] bytes = GroupCodec.encode(message);
        assertThat(GroupCodec.decode(bytes)).isEqualTo(message);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> GroupCodec.decode(cut)).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> GroupCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(ProtocolException.class);
    }

    @Property(tries = 1000)
    void randomBytesAreReadOrRefused(@ForAll @Size(max = 60) byte[] bytes) {
        try {
            GroupCodec.decode(bytes);
        } catch (ProtocolException e) {
            assertThat(e).hasMessageContaining("group message");
        }
    }

    /** These bytes are version 1: a change that breaks this test needs a new version. */
    @Test
    void theLayoutOfVersionOneStays() {
        assertThat(HexFormat.of().formatHex(GroupCodec.encode(new GroupMessage.Dismiss(PEER))))
                .isEqualTo("0105" + "0007" + "6e312335663361");
        assertThat(HexFormat.of().formatHex(GroupCodec.encode(new GroupMessage.Failing(PEER, Duration.ofMillis(258)))))
                .isEqualTo("0109" + "0007" + "6e312335663361" + "0000000000000102");
        assertThat(HexFormat.of().formatHex(identity().encode()))
                .isEqualTo("01" + "00046d61696e" + "00026331" + "0007" + "6e312335663361" + "00" + "01" + "0007"
                        + "6e312335663361");
    }

    private static ReplicaIdentity identity() {
        return new ReplicaIdentity(GROUP, "c1", PEER, ReplicaIdentity.Stage.FOUNDING, List.of(PEER));
    }

    @Test
    void anIdentityIsReadBackAndOfAnotherNodeOrClusterRefused() {
        DurableCells cells = DurableCells.inMemory();
        assertThat(ReplicaIdentity.read(cells, GROUP)).isEmpty();
        cells.write(ReplicaIdentity.cell(GROUP), identity().encode());
        ReplicaIdentity read = ReplicaIdentity.read(cells, GROUP).orElseThrow();
        assertThat(read).isEqualTo(identity());
        read.require(NodeId.of("n1"), "c1");
        assertThatThrownBy(() -> read.require(NodeId.of("n2"), "c1"))
                .isInstanceOf(ClusterMismatchException.class)
                .hasMessageContainingAll("n1", "n2", "directory of its own");
        assertThatThrownBy(() -> read.require(NodeId.of("n1"), "c2"))
                .isInstanceOf(ClusterMismatchException.class)
                .hasMessageContainingAll("c1", "c2");
    }

    @Test
    void aBrokenIdentityIsRefused() {
        DurableCells cells = DurableCells.inMemory();
        byte[] bytes = identity().encode();
        for (int length = 0; length < bytes.length; length++) {
            cells.write(ReplicaIdentity.cell(GROUP), Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> ReplicaIdentity.read(cells, GROUP)).isInstanceOf(ProtocolException.class);
        }
        cells.write(ReplicaIdentity.cell(GroupId.of("other")), bytes);
        assertThatThrownBy(() -> ReplicaIdentity.read(cells, GroupId.of("other")))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContainingAll("other", "main");
    }
}
