package io.holdfast.examples.kv;

import java.util.Arrays;
import java.util.List;

/** What is done to the nodes. */
enum Fault {
    KILL_LEADER,
    KILL_ANY,
    /** As many as may be missing, at once. */
    KILL_MINORITY,
    KILL_ALL,
    PAUSE_LEADER,
    PAUSE_ANY,
    /** The leader is stopped, another one leads, and that one is killed before the first goes on. */
    PAUSE_THEN_KILL,
    /** One node that is killed again as soon as it is back. */
    RESTART_STORM,
    /** The leader neither hears nor is heard. */
    CUT_LEADER,
    CUT_ANY,
    /** The leader is heard and hears nobody. */
    DEAF_LEADER,
    /** The leader hears and nobody hears it. */
    MUTE_LEADER,
    /** The leader keeps one follower, and the others are a majority without them; of three nodes, a bridge. */
    CUT_LEADER_WITH_FOLLOWER,
    /** All are cut from each other but for one, whom all can reach. */
    BRIDGE,
    /** Everything takes longer, on every link. */
    SLOW_LINKS,
    /** A node comes back with an empty disk. */
    LOSE_DISK,
    /** The last write of a killed node is there in part. */
    TORN_TAIL,
    /** A bit in the log of a killed node has changed. */
    BIT_ROT,
    /** A node's disk has no byte left for a while. */
    DISK_FULL(true, false),
    /** The lead goes to a node that can write. */
    DISK_FULL_OF_LEADER(true, false),
    /** A node loses what was not synced. */
    POWER_LOSS(true, false),
    POWER_LOSS_OF_ALL(true, false),
    /** The wall clock of a node jumps by an hour, and stays there. */
    CLOCK_JUMP(false, true);

    private final boolean needsDisks;
    private final boolean needsClocks;

    Fault() {
        this(false, false);
    }

    Fault(boolean needsDisks, boolean needsClocks) {
        this.needsDisks = needsDisks;
        this.needsClocks = needsClocks;
    }

    /** Those that this machine lets a test do; it says which it does not. */
    static List<Fault> possibleHere() {
        boolean disks = LoopDisk.isPossible();
        boolean clocks = WallClocks.isPossible();
        List<Fault> possible = Arrays.stream(values())
                .filter(fault -> (disks || !fault.needsDisks) && (clocks || !fault.needsClocks))
                .toList();
        if (possible.size() < values().length) {
            System.out.println("nemesis: not all faults are possible here: disks of their own " + disks
                    + " (root on Linux, mkfs.ext4, perl), wall clocks " + clocks + " (gcc)");
        }
        return possible;
    }
}
