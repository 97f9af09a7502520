package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.version.Versions;
import java.util.List;
import java.util.Set;

/** Faults that are planted in {@link QuorumRules}, each in one rule. */
enum Mutant {
    ACKNOWLEDGED_BEFORE_THE_SYNC(new QuorumRules() {
        @Override
        boolean waitsForSync() {
            return false;
        }
    }),
    SENT_BEFORE_THE_SYNC(new QuorumRules() {
        @Override
        boolean sendsAfterTheSync() {
            return false;
        }
    }),
    ONE_ACKNOWLEDGEMENT_TOO_FEW(new QuorumRules() {
        @Override
        boolean isStored(ReplicaSets sets, Set<NodeId> stored, int needed) {
            return super.isStored(sets, stored, needed - 1);
        }
    }),
    ONE_ANSWER_TOO_FEW(new QuorumRules() {
        @Override
        boolean isRead(ReplicaSets sets, Set<NodeId> answered, int needed) {
            return !answered.isEmpty() && super.isRead(sets, answered, needed - 1);
        }
    }),
    QUORUM_OF_THE_OLD_SET_ALONE(new QuorumRules() {
        @Override
        boolean isStored(ReplicaSets sets, Set<NodeId> stored, int needed) {
            List<NodeId> old = sets.writers().get(0);
            return ReplicaSets.count(old, stored) >= Math.min(needed, old.size());
        }
    }),
    WHAT_COMES_REPLACES_WHAT_IS_THERE(new QuorumRules() {
        @Override
        Versions merge(Versions mine, Versions theirs) {
            return theirs.equals(Versions.NONE) ? mine : theirs;
        }
    }),
    OLD_RING_ACCEPTED(new QuorumRules() {
        @Override
        boolean refuses(long asked, long mine) {
            return false;
        }
    }),
    ANSWERS_WITHOUT_A_RING(new QuorumRules() {
        @Override
        boolean waitsForRing(long asked, long mine) {
            return false;
        }
    }),
    DOTS_USED_AGAIN(new QuorumRules() {
        @Override
        long firstDot(long reserved, long block) {
            return Math.max(1, reserved - block + 1);
        }
    }),
    OVERTAKEN_WRITE_ACKNOWLEDGED(new QuorumRules() {
        @Override
        boolean redoesOvertaken() {
            return false;
        }
    }),
    HINT_DROPPED_WHEN_SENT(new QuorumRules() {
        @Override
        boolean dropsHintWhenSent() {
            return true;
        }
    }),
    TOMBSTONE_COLLECTED_WHATEVER_OTHERS_HAVE(new QuorumRules() {
        @Override
        boolean isCollectable(boolean same, boolean aged, boolean hinted) {
            return true;
        }
    }),
    FORGOTTEN_REMOVAL_IS_LATER(new QuorumRules() {
        @Override
        boolean passesForgotten() {
            return false;
        }
    }),
    TOMBSTONE_COLLECTED_WITHOUT_ALL(new QuorumRules() {
        @Override
        boolean allAgree(List<NodeId> members, Set<NodeId> agreed) {
            return 2 * agreed.size() > members.size();
        }
    }),
    LEFTOVERS_KEPT(new QuorumRules() {
        @Override
        boolean cleansLeftovers() {
            return false;
        }
    }),
    FILLED_FROM_ONE(new QuorumRules() {
        @Override
        boolean isFilled(int taken, int needed, boolean allAlive) {
            return taken > 0;
        }
    }),
    NOT_FILLED_AT_ALL(new QuorumRules() {
        @Override
        boolean isFilled(int taken, int needed, boolean allAlive) {
            return true;
        }
    }),
    LOST_DISK_ANSWERS(new QuorumRules() {
        @Override
        boolean readsMissing() {
            return true;
        }
    }),
    ANSWERED_BEFORE_THE_REPAIR(new QuorumRules() {
        @Override
        boolean isRepaired(ReplicaSets sets, Set<NodeId> agreed, int stored) {
            return true;
        }
    }),
    STAND_INS_COUNT_UNASKED(new QuorumRules() {
        @Override
        boolean usesStandIns(boolean sloppy) {
            return true;
        }
    });

    final QuorumRules rules;

    Mutant(QuorumRules rules) {
        this.rules = rules;
    }
}
