package io.holdfast.sharding.handoff;

import io.holdfast.core.NodeId;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMember;
import java.util.Set;
import java.util.TreeSet;

/** What a node tells all others of itself, on the bulletin: {@code [version u8][space][run][weight][labels][leaving]}. */
record ShardNote(String space, long run, int weight, Set<String> labels, boolean leaving) {
    /** The bulletin's topic. */
    static final String TOPIC = "shards";

    private static final int VERSION = 1;
    private static final int MAX_LABEL = 255;
    private static final int MAX_WEIGHT = 1_000_000;

    ShardNote {
        labels = Set.copyOf(labels);
    }

    ShardNote asLeaving() {
        return new ShardNote(space, run, weight, labels, true);
    }

    ShardMember member(NodeId node, String zone) {
        return new ShardMember(new Host(node, run), zone, weight, labels, leaving);
    }

    byte[] bytes() {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.text(space);
        out.fixed64(run);
        out.number(weight);
        out.number(labels.size());
        new TreeSet<>(labels).forEach(out::text);
        out.u8(leaving ? 1 : 0);
        return out.bytes();
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if the bytes are no note, or one of a newer layout. */
    static ShardNote of(byte[] bytes) {
        WireReader in = new WireReader("note of shards", bytes);
        in.version("note of shards", VERSION);
        String space = in.text("space", MAX_LABEL);
        long run = in.fixed64("run");
        int weight = in.number("weight", MAX_WEIGHT);
        if (weight == 0) {
            throw in.broken("weight (0) must be at least 1");
        }
        Set<String> labels = new TreeSet<>();
        for (int left = in.count("labels", MAX_LABEL); left > 0; left--) {
            labels.add(in.text("label", MAX_LABEL));
        }
        boolean leaving = in.flag("leaving");
        in.end();
        return new ShardNote(space, run, weight, labels, leaving);
    }
}
