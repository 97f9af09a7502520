package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.RingPlan.Report;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** When a ring changes, and when a change goes on. */
class RingPlanTest {
    private final Map<NodeId, RingMember> wishing = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    private final Map<NodeId, Report> reports = new HashMap<>();
    private final Set<NodeId> gone = new HashSet<>();
    private Ring ring = Ring.stable(1, List.of(member("a"), member("b"), member("c")));

    RingPlanTest() {
        ring.current().forEach(member -> wishing.put(member.node(), member));
    }

    private static RingMember member(String name) {
        return new RingMember(NodeId.of(name), "", name.charAt(0));
    }

    private void report(String... names) {
        for (String name : names) {
            reports.put(NodeId.of(name), new Report(ring.epoch(), name.charAt(0)));
        }
    }

    private boolean step() {
        var next = RingPlan.next(ring, wishing, reports, gone::contains);
        next.ifPresent(following -> ring = following);
        return next.isPresent();
    }

    @Test
    void whoComesIsFilledBeforeAnybodyReadsFromIt() {
        assertThat(step()).isFalse();
        wishing.put(NodeId.of("d"), member("d"));
        assertThat(step()).isTrue();
        assertThat(ring.phase()).isEqualTo(Ring.Phase.FILLING);
        report("a", "b", "c");
        assertThat(step()).as("d has not taken its rows").isFalse();
        report("d");
        assertThat(step()).isTrue();
        assertThat(ring.phase()).isEqualTo(Ring.Phase.SWITCHED);
        report("a", "b", "d");
        assertThat(step()).as("c may still read from the old replicas").isFalse();
        report("c");
        assertThat(step()).isTrue();
        assertThat(ring).isEqualTo(Ring.stable(4, List.of(member("a"), member("b"), member("c"), member("d"))));
    }

    @Test
    void whoIsDeadAndTakenOutIsNotWaitedFor() {
        wishing.remove(NodeId.of("c"));
        wishing.put(NodeId.of("d"), member("d"));
        gone.add(NodeId.of("c"));
        assertThat(step()).isTrue();
        report("a", "b", "d");
        assertThat(step()).isTrue();
        report("a", "b", "d");
        assertThat(step()).isTrue();
        assertThat(ring.has(NodeId.of("c"))).isFalse();
    }

    @Test
    void whoIsDeadStaysAMemberUntilSomebodyTakesItOut() {
        gone.add(NodeId.of("c"));
        assertThat(step()).isFalse();
    }

    @Test
    void aMemberWithAnotherDiskIsTakenForItselfOnceItHasItsRows() {
        reports.put(NodeId.of("b"), new Report(0, 99));
        assertThat(step()).isFalse();
        reports.put(NodeId.of("b"), new Report(1, 99));
        assertThat(step()).isTrue();
        assertThat(ring.isReplaced(NodeId.of("b"), 99)).isFalse();
        assertThat(ring.isReplaced(NodeId.of("b"), 'b')).isTrue();
    }

    @Test
    void theLastMemberStays() {
        ring = Ring.stable(1, List.of(member("a")));
        wishing.clear();
        assertThat(step()).isFalse();
    }

    @Test
    void aMemberIsNamedOnceAndOneChangeIsUnderWayAtATime() {
        assertThatThrownBy(() -> Ring.stable(1, List.of(member("a"), member("a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("member a");
        Ring changing = ring.changingTo(List.of(member("a")));
        assertThatThrownBy(() -> changing.changingTo(List.of(member("b"))))
                .hasMessageContaining("epoch 2 changes already");
        assertThat(RingCodec.decode(RingCodec.encode(changing))).isEqualTo(changing);
    }
}
