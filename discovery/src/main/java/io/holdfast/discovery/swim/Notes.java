package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.loop.Outbox;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What nodes tell on the {@link Bulletin}: at most {@value Bulletin#MAX_TOPICS} topics an owner. */
final class Notes extends OwnedTable<String, Rumor.OfNote> {
    /** Notes change many times a second: a run of the process has room for 2^36 versions, more than a century of them. */
    private static final int RUN_BITS = 36;

    Notes(LocalNode local) {
        super(local);
    }

    void post(String topic, byte[] value, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (hasRoom(local.id(), topic, out)) {
            own(new Rumor.OfNote(local.id(), topic, nextVersion(), value), out);
        }
    }

    @Override
    String what() {
        return "note on topic";
    }

    @Override
    int maxKeys() {
        return Bulletin.MAX_TOPICS;
    }

    @Override
    long firstVersion() {
        return local.incarnation() >>> LocalNode.RUN_BITS << RUN_BITS;
    }

    @Override
    Rumor.OfNote withdrawn(NodeId owner, String topic, long newVersion) {
        return new Rumor.OfNote(owner, topic, newVersion, null);
    }

    @Override
    Rumor.OfNote renewed(Rumor.OfNote current, long newVersion) {
        return new Rumor.OfNote(current.owner(), current.topic(), newVersion, current.value());
    }

    @Override
    boolean same(Rumor.@Nullable OfNote before, Rumor.OfNote now) {
        return Arrays.equals(before == null ? null : before.value(), now.value());
    }

    @Override
    void publish(Rumor.OfNote rumor, Outbox<Packet, SwimTimer, SwimEvent> out) {
        out.publish(new SwimEvent.NoteChanged(rumor.topic(), rumor.owner(), rumor.value()));
    }
}
