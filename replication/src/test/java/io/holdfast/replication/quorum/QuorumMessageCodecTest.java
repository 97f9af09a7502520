package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.Dot;
import io.holdfast.replication.version.RowKey;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QuorumMessageCodecTest {
    private static final RowKey KEY = RowKey.of("titles", new byte[] {1, 2, 3});
    private static final byte[] ROW = {1, 0, 0, 0};
    private static final CausalContext CONTEXT = CausalContext.EMPTY.with(new Dot(-5, 77));
    private static final NodeId NODE = NodeId.of("n1");
    private static final Ring RING = Ring.stable(3, List.of(new RingMember(NODE, "a", -9)));

    private static final List<QuorumMessage> ALL = List.of(
            new QuorumMessage.Coordinate(
                    7,
                    3,
                    KEY,
                    new RowChange(ConflictPolicy.LATEST, CONTEXT, 99, ROW),
                    new CallSpec(2, 3, true, false),
                    1500),
            new QuorumMessage.Coordinate(
                    7,
                    3,
                    KEY,
                    new RowChange(ConflictPolicy.SIBLINGS, CONTEXT, 0, null),
                    new CallSpec(1, 1, false, true),
                    1),
            new QuorumMessage.Coordinated(7, new QuorumResult.Written(CONTEXT, 1L << 57)),
            new QuorumMessage.Coordinated(7, new QuorumResult.Failed(QuorumResult.Failed.Kind.UNKNOWN, "too late")),
            new QuorumMessage.Replicate(8, 3, KEY, ROW, NODE),
            new QuorumMessage.Replicate(8, 3, KEY, ROW, null),
            new QuorumMessage.Stored(8, null, ROW),
            new QuorumMessage.Stored(8, NODE, null),
            new QuorumMessage.Fetch(9, 3, KEY, -1L, null),
            new QuorumMessage.Fetched(9, null, true, null),
            new QuorumMessage.Fetched(9, NODE, false, ROW),
            new QuorumMessage.Refused(9, Refusal.STORE_REFUSES),
            new QuorumMessage.RingNews(RING.changingTo(List.of(new RingMember(NodeId.of("n2"), "", 4)))),
            new QuorumMessage.Pull(10, 3, List.of(0, 255), -7),
            new QuorumMessage.Pulled(10, 2, -9, List.of(255), List.of(new QuorumMessage.RepairRow(KEY, ROW))),
            new QuorumMessage.MayCollect(11, 3, 255, List.of(new QuorumMessage.Tombstone(KEY, -3))),
            new QuorumMessage.Collectable(11, List.of(true, false)),
            new QuorumMessage.Collect(3, 1, List.of(new QuorumMessage.Tombstone(KEY, 3))),
            new QuorumMessage.Hashes(3, -1, 2, List.of(new QuorumMessage.TreePart(255, 127, new int[] {1, -1}))),
            new QuorumMessage.Listing(3, 1, List.of(new QuorumMessage.LeafRows(0, 1023, new int[] {1}, new int[] {2}))),
            new QuorumMessage.Want(3, List.of(new QuorumMessage.WantedRows(0, 0, 5, new int[] {6}))),
            new QuorumMessage.Offer(3, List.of(new QuorumMessage.OfferedRow(-4, CONTEXT))),
            new QuorumMessage.Repair(3, true, List.of(new QuorumMessage.RepairRow(KEY, ROW))));

    @Test
    void everyMessageIsReadBack() {
        assertThat(ALL.stream().map(Object::getClass).distinct())
                .hasSize(QuorumMessage.class.getPermittedSubclasses().length);
        for (QuorumMessage message : ALL) {
            byte[] bytes = QuorumMessageCodec.encode(message);
            QuorumMessage read = QuorumMessageCodec.decode(bytes);
            assertThat(read).hasSameClassAs(message);
            assertThat(QuorumMessageCodec.encode(read)).as("%s", message).isEqualTo(bytes);
        }
    }

    @Test
    void bytesOfAnyOriginAreReadOrRefused() {
        SplittableRandom random = new SplittableRandom(1);
        for (QuorumMessage message : ALL) {
            byte[] whole = QuorumMessageCodec.encode(message);
            for (int i = 0; i < 2000; i++) {
                byte[] bytes = java.util.Arrays.copyOf(whole, 1 + random.nextInt(whole.length + 3));
                for (int flips = random.nextInt(4); flips >= 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                try {
                    QuorumMessageCodec.decode(bytes);
                } catch (ProtocolException refused) {
                    assertThat(refused.getMessage()).isNotEmpty();
                }
            }
        }
    }
}
