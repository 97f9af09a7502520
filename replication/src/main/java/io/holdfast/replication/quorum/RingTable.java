package io.holdfast.replication.quorum;

import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Committed;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** The committed rows of a ring: {@code ring}; {@code wish/<node>} of who wishes to keep rows; {@code report/<node>} of how far each is; {@code removed/<node>} of whom an operator has taken out. Safe for use by many threads. */
final class RingTable {
    private static final String RING = "ring";
    private static final String WISH = "wish/";
    private static final String REPORT = "report/";
    private static final String REMOVED = "removed/";
    private static final int LAYOUT = 1;
    private static final int MAX_ROWS = 1000;

    /** All rows at one revision. */
    record View(
            Ring ring,
            long version,
            Map<NodeId, RingMember> wishing,
            Map<NodeId, RingPlan.Report> reports,
            Set<NodeId> removed) {}

    private final ReplicatedTable table;

    RingTable(ReplicatedTable table) {
        this.table = table;
    }

    CompletionStage<View> read(Deadline deadline) {
        return table.scan("", "", MAX_ROWS, ReadConsistency.LINEARIZABLE, deadline)
                .thenApply(RingTable::view);
    }

    private static View view(ReplicatedTable.Page page) {
        Ring ring = Ring.NONE;
        long version = 0;
        Map<NodeId, RingMember> wishing = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        Map<NodeId, RingPlan.Report> reports = new HashMap<>();
        Set<NodeId> removed = new HashSet<>();
        for (ReplicatedTable.Row row : page.rows()) {
            if (row.key().equals(RING)) {
                ring = RingCodec.decode(row.value());
                version = row.version();
            } else if (row.key().startsWith(WISH)) {
                NodeId node = NodeId.of(row.key().substring(WISH.length()));
                wishing.put(node, wish(node, row.value()));
            } else if (row.key().startsWith(REPORT)) {
                reports.put(NodeId.of(row.key().substring(REPORT.length())), report(row.value()));
            } else if (row.key().startsWith(REMOVED)) {
                removed.add(NodeId.of(row.key().substring(REMOVED.length())));
            }
        }
        return new View(ring, version, wishing, reports, removed);
    }

    private static RingMember wish(NodeId node, byte[] bytes) {
        WireReader in = new WireReader("wish of a member", bytes);
        in.version("wish of a member", LAYOUT);
        String zone = in.text("zone", 255);
        long store = in.fixed64("store");
        in.end();
        return new RingMember(node, zone, store);
    }

    private static RingPlan.Report report(byte[] bytes) {
        WireReader in = new WireReader("report of a member", bytes);
        in.version("report of a member", LAYOUT);
        long epoch = in.number("epoch");
        long store = in.fixed64("store");
        in.end();
        return new RingPlan.Report(epoch, store);
    }

    CompletionStage<?> wish(RingMember self, Deadline deadline) {
        WireWriter out = new WireWriter();
        out.u8(LAYOUT);
        out.text(self.zone());
        out.fixed64(self.store());
        return table.commit(
                List.of(),
                List.of(Change.put(WISH + self.node(), out.bytes()), Change.remove(REMOVED + self.node())),
                deadline);
    }

    /** A node that runs wishes to keep no rows: it goes on to report until it keeps none. */
    CompletionStage<?> withdraw(NodeId node, Deadline deadline) {
        return table.commit(List.of(), List.of(Change.remove(WISH + node)), deadline);
    }

    /** A node that does not run any more is not waited for. */
    CompletionStage<?> remove(NodeId node, Deadline deadline) {
        return table.commit(
                List.of(),
                List.of(
                        Change.remove(WISH + node),
                        Change.remove(REPORT + node),
                        Change.put(REMOVED + node, new byte[] {LAYOUT})),
                deadline);
    }

    /** What is left of nodes that are no members and wish nothing. */
    CompletionStage<?> forget(List<NodeId> nodes, Deadline deadline) {
        List<Change> changes = new ArrayList<>();
        for (NodeId node : nodes) {
            changes.add(Change.remove(REPORT + node));
            changes.add(Change.remove(REMOVED + node));
        }
        return table.commit(List.of(), changes, deadline);
    }

    CompletionStage<?> report(NodeId node, RingPlan.Report report, Deadline deadline) {
        WireWriter out = new WireWriter();
        out.u8(LAYOUT);
        out.number(report.epoch());
        out.fixed64(report.store());
        return table.commit(List.of(), List.of(Change.put(REPORT + node, out.bytes())), deadline);
    }

    /** Commits a ring in the place of the one that was seen, or not at all if another was committed meanwhile. */
    CompletionStage<Committed> commit(Ring next, long seenVersion, Deadline deadline) {
        return table.commit(
                List.of(new Condition(RING, seenVersion)), List.of(Change.put(RING, RingCodec.encode(next))), deadline);
    }
}
