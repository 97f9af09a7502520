package io.holdfast.examples.streaming.reaction;

import io.holdfast.codec.CborCodec;
import io.holdfast.codec.CodecLimits;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.replication.crdt.CrdtGrowCounter;
import io.holdfast.replication.crdt.CrdtSet;
import io.holdfast.replication.crdt.CrdtSpace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Views and likes of titles, as replicated values: this node answers and counts at once, whoever else can be reached, and hears of the others' within a second while they can be. Nothing here waits.
 *
 * <p>Views are a counter for each title. Likes are the set of the users who like it, and their number is its size: whoever likes a title on two nodes at once, or twice because an answer was lost, is in the set once, while
 * a counter beside a mark for each user would be wrong for good as soon as two nodes had both seen no mark. The price is the room of a name for each like. The space has room for some 30,000 of one
 * title (1 MiB) and half a million of all (16 MiB); a like beyond is refused. Safe for use by many threads.
 */
public final class Reactions {
    private static final Logger log = LoggerFactory.getLogger(Reactions.class);

    private final CrdtSpace space;
    private final TypeCodec<String> users = CborCodec.of(CodecLimits.standard()).forType(String.class);

    /**
     * Opens them.
     *
     * @param space of this node; it must have room for two values a title
     */
    public Reactions(CrdtSpace space) {
        this.space = space;
    }

    private CrdtGrowCounter views(int title) {
        return space.growCounter("views-" + title);
    }

    private CrdtSet<String> likes(int title) {
        return space.set("likes-" + title, users);
    }

    /**
     * Counts a view. Without room for it, it is not counted: nobody is kept from a film by that.
     *
     * @param title the title's id
     */
    public void viewed(int title) {
        try {
            views(title).increment();
        } catch (NotAppliedException full) {
            log.info("a view of title {} is not counted: {}", title, full.getMessage());
        }
    }

    /**
     * Notes that a user likes a title; the second time changes nothing.
     *
     * @param title the title's id
     * @param user the user's name
     * @throws NotAppliedException if there is no room
     */
    public void like(int title, String user) {
        likes(title).add(user);
    }

    /**
     * Takes a like back, if there is one. A like that the user gives elsewhere at the same time stands.
     *
     * @param title the title's id
     * @param user the user's name
     */
    public void unlike(int title, String user) {
        likes(title).remove(user);
    }

    /**
     * What this node knows of a title.
     *
     * @param title the title's id
     * @param user who asks
     * @return views and likes
     */
    public Reaction of(int title, String user) {
        CrdtSet<String> likes = likes(title);
        return new Reaction(views(title).value(), likes.size(), likes.contains(user));
    }
}
