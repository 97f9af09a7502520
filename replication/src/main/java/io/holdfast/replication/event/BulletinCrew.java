package io.holdfast.replication.event;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.env.Registration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A crew whose members say so on the bulletin: {@code [layout u8, 1][1 if it consumes, otherwise 0]}. Safe for use by many threads. */
public final class BulletinCrew implements Crew {
    private static final byte[] HERE = {1, 1};
    private static final byte[] GONE = {1, 0};

    private final Bulletin bulletin;
    private final NodeId self;
    private final String topic;

    private BulletinCrew(Bulletin bulletin, NodeId self, String topic) {
        this.bulletin = bulletin;
        this.self = self;
        this.topic = topic;
    }

    static BulletinCrew join(Bulletin bulletin, NodeId self, String topic) {
        bulletin.publish(topic, HERE);
        return new BulletinCrew(bulletin, self, topic);
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Set<NodeId> present() {
        return bulletin.values(topic).entrySet().stream()
                .filter(each -> isHere(each.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A later layout may say more behind the two bytes. */
    private static boolean isHere(byte[] value) {
        return value.length >= 2 && value[1] == 1;
    }

    @Override
    public Registration watch(Runnable changed) {
        return bulletin.watch(topic, event -> changed.run());
    }

    /** Says that this node is not of the crew any more; close its {@link ConsumerGroup} first. */
    public void leave() {
        bulletin.publish(topic, GONE);
    }
}
