package io.holdfast.sharding.handoff;

import io.holdfast.core.OverloadedException;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this node takes shards, as others hear it: if it wants to, fits, is able to, and does not leave. Safe for use by many threads. */
final class Offer {
    private static final Logger log = LoggerFactory.getLogger(Offer.class);
    private static final Duration AGAIN = Duration.ofMillis(20);

    private final Roster roster;
    private final ShardNote note;
    private final Scheduler scheduler;
    private boolean willing; // guarded by this
    private boolean fits; // guarded by this
    private boolean able = true; // guarded by this
    private boolean leaving; // guarded by this
    private boolean told; // guarded by this

    Offer(Roster roster, ShardNote note, Scheduler scheduler) {
        this.roster = roster;
        this.note = note;
        this.scheduler = scheduler;
    }

    /** Who leads is to be found by others, whether it takes shards or not. Throws {@link OverloadedException} if there is no room to tell it. */
    void begin() {
        roster.tell(note.asLeaving());
    }

    synchronized void willing() {
        willing = true;
        update();
    }

    /** What another size or number of groups would put in the wrong place is not begun. */
    synchronized void fits() {
        fits = true;
        update();
    }

    synchronized void able(boolean value) {
        able = value;
        update();
    }

    synchronized void leaving() {
        leaving = true;
        update();
    }

    private void update() {
        boolean now = willing && fits && able && !leaving;
        if (now != told) {
            told = now;
            tell();
        }
    }

    /** Told until it is told: others go by it. */
    private synchronized void tell() {
        try {
            roster.tell(told ? note : note.asLeaving());
        } catch (OverloadedException e) {
            log.warn("whether this node takes shards is not told yet: {}", e.getMessage());
            scheduler.schedule(AGAIN, this::tell);
        }
    }
}
