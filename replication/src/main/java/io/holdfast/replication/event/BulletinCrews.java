package io.holdfast.replication.event;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The crews of all groups that consume on a node: their members say so on one topic of the bulletin, {@code [layout u8, 1][for each crew the first 8 bytes of the SHA-256 of its name]}. One of these on a
 * node. Safe for use by many threads.
 */
public final class BulletinCrews {
    /** The most groups that a node may consume in. */
    public static final int MAX = 500;

    private static final String TOPIC = "consumers";
    private static final byte LAYOUT = 1;
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(BulletinCrews.class);

    private final Bulletin bulletin;
    private final NodeId self;
    private final Scheduler scheduler;
    private final Set<Long> mine = new TreeSet<>(); // guarded by this

    /**
     * Crews.
     *
     * @param bulletin what nodes tell one another
     * @param self this node
     * @param scheduler for what could not be told at once
     */
    public BulletinCrews(Bulletin bulletin, NodeId self, Scheduler scheduler) {
        this.bulletin = bulletin;
        this.self = self;
        this.scheduler = scheduler;
    }

    /**
     * Says that this node consumes in a group from now on, until its {@link ConsumerGroup} has ended.
     *
     * @param log the log's name
     * @param group the group's name
     * @return all live nodes that say so
     * @throws IllegalArgumentException if this node does so already
     * @throws OverloadedException if it consumes in {@value #MAX} groups, or the bulletin takes nothing more; nothing was told
     */
    public synchronized Crew join(String log, String group) {
        long crew = id(log, group);
        if (mine.size() == MAX) {
            throw new OverloadedException(
                    "this node consumes in " + MAX + " groups, its limit; consume group " + group + " of log " + log
                            + " on another, or several logs in one handler",
                    AGAIN);
        }
        Check.that(
                mine.add(crew),
                "group %s of log %s is consumed on this node already; use that ConsumerGroup, or stop it first",
                group,
                log);
        try {
            bulletin.publish(TOPIC, mine());
        } catch (OverloadedException e) {
            mine.remove(crew);
            throw e;
        }
        return new One(crew);
    }

    private synchronized void leave(long crew) {
        if (mine.remove(crew)) {
            tell();
        }
    }

    /** While others believe that this node consumes, nobody does: it is told again until it is told. */
    private synchronized void tell() {
        try {
            bulletin.publish(TOPIC, mine());
        } catch (OverloadedException e) {
            LOG.debug("which groups node {} consumes in is told later", self, e);
            scheduler.schedule(AGAIN, this::tell);
        }
    }

    private byte[] mine() {
        ByteBuffer bytes = ByteBuffer.allocate(1 + mine.size() * Long.BYTES).put(LAYOUT);
        mine.forEach(bytes::putLong);
        return bytes.array();
    }

    private static long id(String log, String group) {
        byte[] name = (log + '\0' + group).getBytes(StandardCharsets.UTF_8);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static boolean has(byte[] value, long crew) {
        if (value.length == 0 || value[0] != LAYOUT) {
            return false; // of a build with another layout: both may work for one partition until one sees that it was
            // replaced
        }
        ByteBuffer ids = ByteBuffer.wrap(value, 1, value.length - 1);
        while (ids.remaining() >= Long.BYTES) {
            if (ids.getLong() == crew) {
                return true;
            }
        }
        return false;
    }

    private final class One implements Crew {
        private final long crew;

        One(long crew) {
            this.crew = crew;
        }

        @Override
        public NodeId self() {
            return self;
        }

        @Override
        public Set<NodeId> present() {
            return bulletin.values(TOPIC).entrySet().stream()
                    .filter(each -> has(each.getValue(), crew))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toUnmodifiableSet());
        }

        @Override
        public Registration watch(Runnable changed) {
            return bulletin.watch(TOPIC, event -> changed.run());
        }

        @Override
        public void leave() {
            BulletinCrews.this.leave(crew);
        }
    }
}
