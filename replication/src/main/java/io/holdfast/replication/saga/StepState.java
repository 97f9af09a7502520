package io.holdfast.replication.saga;

import io.holdfast.replication.saga.PlanNode.Leaf;
import org.jspecify.annotations.Nullable;

/** How far a step is in both directions. Belongs to its {@link SagaState}. */
final class StepState {
    final Leaf leaf;
    final Track doing = new Track();
    final Track undoing = new Track();
    /** What a child was started with, once that is decided. */
    byte @Nullable [] childInput;

    StepState(Leaf leaf) {
        this.leaf = leaf;
    }

    String name() {
        return leaf.name();
    }

    Track track(Direction direction) {
        return direction == Direction.DO ? doing : undoing;
    }

    boolean isDone() {
        return doing.is(Track.Phase.DONE);
    }

    /** A call is under way, as far as this history tells. */
    boolean isCalled() {
        return doing.is(Track.Phase.OPEN) && childInput == null;
    }

    /** Whether there is, or may be, something to take back. */
    boolean hasEffect(SagaRules rules) {
        if (leaf instanceof PlanNode.Child) {
            return childInput != null;
        }
        return leaf instanceof PlanNode.Task task
                && task.undo().isPresent()
                && (isDone() || (rules.undoesUncertain() && doing.uncertain));
    }

    /** Nothing more is to be done when the saga turns back. */
    boolean isSettled(SagaRules rules) {
        if (rules.waitsForOpen() && isCalled()) {
            return false;
        }
        return undoing.is(Track.Phase.DONE) || !hasEffect(rules);
    }
}
