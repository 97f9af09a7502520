package io.holdfast.replication.crdt;

import java.util.List;
import java.util.random.RandomGenerator;

/** The rules on which convergence rests, one method each, so that the tests can break one at a time. Stateless. */
class CrdtRules {
    /** Whether an entry that is not live here is one that was never seen, not one that is gone already. */
    boolean isNew(Dot dot, CausalContext seen) {
        return !seen.contains(dot);
    }

    /** What an edit speaks of: what it removes as well as what it makes. */
    CausalContext context(List<Entry> removed, Iterable<Dot> made) {
        CausalContext context = new CausalContext();
        removed.forEach(entry -> context.add(entry.dot()));
        made.forEach(context::add);
        return context;
    }

    /** The actor of a store whose disk tells none: one that was never used, whatever the node is called. */
    long newActor(String node, RandomGenerator random) {
        return random.nextLong();
    }

    /** Up to which change others may be told: what this disk keeps, so that no dot that another has seen is forgotten here and used again. */
    long sendable(long saved, long latest) {
        return saved;
    }

    /** Whether another knows a later dot of this store than the store itself: then this disk went back in time. */
    boolean wentBack(long theirs, long mine) {
        return theirs > mine;
    }

    /** Whether what changed since an acknowledgement is still in the buffer. */
    boolean reachesBack(long acked, long first) {
        return acked >= first - 1;
    }

    /** Whether a delta was made for this run of this node: only then does the node hold what the delta builds on. */
    boolean isForMe(long target, long run) {
        return target == run;
    }

    /** Whether a peer runs anew and may have forgotten what it acknowledged. */
    boolean isAnew(long known, long run) {
        return known != 0 && known != run;
    }

    /** Whether a transfer has arrived whole. */
    boolean isWhole(int acknowledged, int parts) {
        return acknowledged == parts;
    }

    /** Whether what one peer told is told to the others. */
    boolean passesOn() {
        return true;
    }
}
