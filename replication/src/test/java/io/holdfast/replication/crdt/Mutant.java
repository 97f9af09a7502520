package io.holdfast.replication.crdt;

import java.util.List;
import java.util.random.RandomGenerator;

/** Faults that are planted in {@link CrdtRules}, each in one rule. */
enum Mutant {
    SENT_BEFORE_IT_IS_SAVED(new CrdtRules() {
        @Override
        long sendable(long saved, long latest) {
            return latest;
        }
    }),
    ACTOR_NAMED_AFTER_THE_NODE(new CrdtRules() {
        @Override
        long newActor(String node, RandomGenerator random) {
            return node.hashCode();
        }

        @Override
        boolean wentBack(long theirs, long mine) {
            return false;
        }
    }),
    WHAT_WAS_REMOVED_IS_NEW(new CrdtRules() {
        @Override
        boolean isNew(Dot dot, CausalContext seen) {
            return true;
        }
    }),
    REMOVALS_ARE_NOT_TOLD(new CrdtRules() {
        @Override
        CausalContext context(List<Entry> removed, Iterable<Dot> made) {
            CausalContext context = super.context(List.of(), made);
            if (context.isEmpty()) {
                return super.context(removed, made);
            }
            return context;
        }
    }),
    BUFFER_BELIEVED_TO_REACH_BACK(new CrdtRules() {
        @Override
        boolean reachesBack(long acked, long first) {
            return true;
        }
    }),
    DELTA_OF_A_FORMER_RUN_TAKEN(new CrdtRules() {
        @Override
        boolean isForMe(long target, long run) {
            return true;
        }
    }),
    RESTART_NOT_NOTICED(new CrdtRules() {
        @Override
        boolean isAnew(long known, long run) {
            return false;
        }

        @Override
        boolean isForMe(long target, long run) {
            return true;
        }
    }),
    PART_TAKEN_FOR_THE_WHOLE(new CrdtRules() {
        @Override
        boolean isWhole(int acknowledged, int parts) {
            return acknowledged > 0;
        }
    }),
    WHAT_PEERS_TOLD_IS_KEPT_TO_ONESELF(new CrdtRules() {
        @Override
        boolean passesOn() {
            return false;
        }
    });

    final CrdtRules rules;

    Mutant(CrdtRules rules) {
        this.rules = rules;
    }
}
