package io.holdfast.replication.saga;

import java.util.EnumSet;
import java.util.Set;

/** Faults that are planted in {@link SagaRules}, each in one rule. */
enum Mutant {
    KEY_OF_THE_ATTEMPT(new SagaRules() {
        @Override
        String key(String saga, String step, Direction direction, int attempt) {
            return super.key(saga, step, direction, attempt) + (attempt > 1 ? "." + attempt : "");
        }
    }),
    EFFECT_BEFORE_THE_INTENT(new SagaRules() {
        @Override
        boolean intentFirst() {
            return false;
        }
    }),
    UNCERTAIN_STEPS_NOT_TAKEN_BACK(new SagaRules() {
        @Override
        boolean undoesUncertain() {
            return false;
        }
    }),
    TAKEN_BACK_WHILE_UNDER_WAY(new SagaRules() {
        @Override
        boolean waitsForOpen() {
            return false;
        }
    }),
    TAKEN_BACK_IN_THE_SAME_ORDER(new SagaRules() {
        @Override
        boolean backwards() {
            return false;
        }
    }),
    LOST_ATTEMPT_NOT_CALLED_AGAIN(new SagaRules() {
        @Override
        boolean resumes() {
            return false;
        }
    }),
    CALLED_AGAIN_THOUGH_NOT_IDEMPOTENT(new SagaRules() {
        @Override
        boolean mayRepeat(PlanNode.Task task) {
            return true;
        }
    }),
    COMPENSATION_GIVEN_UP_SILENTLY(new SagaRules() {
        @Override
        boolean parks() {
            return false;
        }
    }),
    SAME_ID_STARTED_ANEW(new SagaRules() {
        @Override
        boolean knowsStarted() {
            return false;
        }
    }),
    OWNER_NOT_FENCED(new SagaRules() {
        @Override
        boolean fences() {
            return false;
        }

        @Override
        boolean conditions() {
            return false;
        }
    }),
    NO_CONDITION_ON_THE_HISTORY(new SagaRules() {
        @Override
        boolean conditions() {
            return false;
        }
    }),
    READ_BEFORE_THE_FENCE(new SagaRules() {
        @Override
        boolean readsBehindFence() {
            return false;
        }
    }),
    UNKNOWN_APPEND_BELIEVED(new SagaRules() {
        @Override
        boolean believesUnknown() {
            return true;
        }
    });

    /** Those that a thousand seeds need not find; {@link ShardLogTest} protects their rules. */
    static final Set<Mutant> RARE = EnumSet.of(NO_CONDITION_ON_THE_HISTORY, UNKNOWN_APPEND_BELIEVED);

    final SagaRules rules;

    Mutant(SagaRules rules) {
        this.rules = rules;
    }
}
