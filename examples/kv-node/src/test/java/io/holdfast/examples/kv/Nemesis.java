package io.holdfast.examples.kv;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Does harm to the nodes while clients use them, one fault after the other, each healed before the next. For use by one thread. */
final class Nemesis {
    private final Victims victims;
    private final Workload workload;
    private final ProcessFaults processes;
    private final NetworkFaults network;
    private final DiskFaults disks;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private final Map<Fault, Long> gaps = new EnumMap<>(Fault.class);

    Nemesis(Victims victims, Workload workload) {
        this.victims = victims;
        this.workload = workload;
        this.processes = new ProcessFaults(victims);
        this.network = new NetworkFaults(victims);
        this.disks = new DiskFaults(victims);
    }

    /** How often each fault was done. */
    Map<Fault, Integer> done() {
        return done;
    }

    /** The longest time in milliseconds in which no client had an answer, by the fault that was on. */
    Map<Fault, Long> gaps() {
        return gaps;
    }

    /** Does a fault, heals it, and waits until clients have their answers again. */
    void inflict(Fault fault) throws InterruptedException {
        workload.takeLongestGapMillis();
        perform(fault);
        done.merge(fault, 1, Integer::sum);
        victims.awaitProgress("after " + fault + " of " + done);
        long gap = workload.takeLongestGapMillis();
        gaps.merge(fault, gap, Math::max);
        System.out.println("nemesis: " + fault + ", for " + gap + " ms no client had an answer; " + workload.answers()
                + " answers so far");
    }

    private void perform(Fault fault) throws InterruptedException {
        switch (fault) {
            case KILL_LEADER -> processes.kill(victims.leader());
            case KILL_ANY -> processes.kill(victims.any());
            case KILL_MINORITY -> processes.killAtOnce(victims.minority());
            case KILL_ALL -> processes.killAtOnce(victims.all());
            case PAUSE_LEADER -> processes.pause(victims.leader());
            case PAUSE_ANY -> processes.pause(victims.any());
            case PAUSE_THEN_KILL -> processes.pauseThenKill();
            case RESTART_STORM -> processes.storm(victims.any());
            case CUT_LEADER -> network.isolate(victims.leader());
            case CUT_ANY -> network.isolate(victims.any());
            case DEAF_LEADER -> network.deafen(victims.leader());
            case MUTE_LEADER -> network.mute(victims.leader());
            case CUT_LEADER_WITH_FOLLOWER -> network.isolateWithFollower(victims.leader());
            case BRIDGE -> network.bridge(victims.any());
            case SLOW_LINKS -> network.slowDown();
            case LOSE_DISK -> disks.lose(victims.any());
            case TORN_TAIL -> disks.tear(victims.any());
            case BIT_ROT -> disks.rot(victims.any());
            case DISK_FULL -> disks.fill(victims.any());
            case DISK_FULL_OF_LEADER -> disks.fill(victims.leader());
            case POWER_LOSS -> disks.losePower(List.of(victims.any()));
            case POWER_LOSS_OF_ALL -> disks.losePower(victims.all());
            case CLOCK_JUMP -> processes.jumpClock(victims.any());
        }
    }
}
