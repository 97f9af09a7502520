package io.holdfast.replication.saga;

/** The rules on which sagas stand, each by itself, so that a test can plant its opposite. Immutable. */
class SagaRules {
    /** The key under which an effect is done: stable over attempts and owners. */
    String key(String saga, String step, Direction direction, int attempt) {
        return saga + '/' + step + (direction == Direction.DO ? "/do" : "/undo");
    }

    /** An effect is called when its intent is committed. */
    boolean intentFirst() {
        return true;
    }

    /** The next step begins when the result of the one before is committed. */
    boolean resultFirst() {
        return true;
    }

    /** What may have happened is taken back too. */
    boolean undoesUncertain() {
        return true;
    }

    /** A step that is under way is not taken back before it has ended. */
    boolean waitsForOpen() {
        return true;
    }

    /** The last step is taken back first. */
    boolean backwards() {
        return true;
    }

    /** An attempt without a result, of an owner that is gone, is called again. */
    boolean resumes() {
        return true;
    }

    /** Whether a step may be called though it may have been done already. */
    boolean mayRepeat(PlanNode.Task task) {
        return task.idempotent();
    }

    /** A step that cannot be taken back is not counted as taken back. */
    boolean parks() {
        return true;
    }

    /** The same id is the same saga. */
    boolean knowsStarted() {
        return true;
    }

    /** Appends ask that nobody has come with a later epoch. */
    boolean fences() {
        return true;
    }

    /** Appends ask that the history ends where this node knows. */
    boolean conditions() {
        return true;
    }

    /** Histories are read after the fence stands. */
    boolean readsBehindFence() {
        return true;
    }

    /** Whether an append of unknown outcome counts as made, without looking. */
    boolean believesUnknown() {
        return false;
    }
}
