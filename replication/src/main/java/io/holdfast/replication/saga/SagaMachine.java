package io.holdfast.replication.saga;

import io.holdfast.replication.saga.PlanNode.Await;
import io.holdfast.replication.saga.PlanNode.Child;
import io.holdfast.replication.saga.PlanNode.Leaf;
import io.holdfast.replication.saga.PlanNode.Sleep;
import io.holdfast.replication.saga.PlanNode.Task;
import io.holdfast.replication.saga.SagaRecord.Cause;
import io.holdfast.replication.saga.SagaRecord.Failure;
import io.holdfast.replication.saga.SagaRecord.Outcome;
import io.holdfast.replication.saga.Track.Phase;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what a saga does next. No I/O and no clock: it is told what happened and when, and says which records are to be committed; what they call for may be done once they are. Belongs to one thread.
 *
 * <p>Records take effect in the state at once: the caller commits them, in order, before it tells anybody or calls anything, and drops the machine if it cannot.
 */
final class SagaMachine {
    /** What becomes of an attempt that failed. */
    record Failed(Failure failure, boolean isFinal, long waitMillis, String detail) {}

    private final SagaState state;
    private List<SagaRecord> records = new ArrayList<>();

    SagaMachine(SagaState state) {
        this.state = state;
    }

    SagaState state() {
        return state;
    }

    /** What is to be committed, since it was asked last. */
    List<SagaRecord> take() {
        List<SagaRecord> taken = records;
        records = new ArrayList<>();
        return taken;
    }

    private void add(SagaRecord record, long now) {
        state.apply(record, now);
        records.add(record);
    }

    void start(byte[] input, String trace, long now) {
        SagaPlan plan = state.plan();
        long deadline = plan.deadline().isZero() ? 0 : now + plan.deadline().toMillis();
        add(new SagaRecord.Started(plan.name(), plan.version(), plan.structure(), input, deadline, trace), now);
    }

    /** This node has just taken the saga over: of what is under way nobody knows the outcome. */
    void resume(long now) {
        if (!state.isLive() || !state.rules().resumes()) {
            return;
        }
        for (StepState step : state.steps()) {
            if (step.undoing.is(Phase.OPEN)) {
                add(new SagaRecord.Attempted(step.name(), Direction.UNDO, step.undoing.attempts + 1), now);
            } else if (step.isCalled()) {
                resumeCall(step, now);
            }
        }
    }

    private void resumeCall(StepState step, long now) {
        if (state.isTurned()) {
            add(new SagaRecord.Failed(step.name(), Direction.DO, Failure.UNKNOWN, 0, "lost with its node"), now);
        } else if (mayCall(step, true)) {
            add(new SagaRecord.Attempted(step.name(), Direction.DO, step.doing.attempts + 1), now);
        } else {
            add(
                    new SagaRecord.Parked(
                            step.name(),
                            Direction.DO,
                            "its node was lost in an attempt, and the step is not idempotent"),
                    now);
        }
    }

    /** Whether a step may be called, or at least its status. */
    private boolean mayCall(StepState step, boolean uncertain) {
        return !(step.leaf instanceof Task task)
                || !uncertain
                || state.rules().mayRepeat(task)
                || task.checked().isPresent();
    }

    void succeeded(String name, Direction direction, int attempt, byte[] result, long now) {
        StepState step = open(name, direction, attempt);
        if (step == null) {
            return;
        }
        if (step.leaf instanceof Child && direction == Direction.DO) {
            if (state.isTurned()) {
                add(new SagaRecord.Failed(name, direction, Failure.NOT_DONE, 0, "the saga turned back before"), now);
            } else {
                add(new SagaRecord.ChildStarted(name, result), now);
            }
        } else {
            add(new SagaRecord.Succeeded(name, direction, result), now);
        }
    }

    /** The step, if that attempt is under way, and null if it is long over. */
    private @org.jspecify.annotations.Nullable StepState open(String name, Direction direction, int attempt) {
        if (!state.isLive()) {
            return null;
        }
        return state.find(name)
                .filter(step -> step.track(direction).is(Phase.OPEN) && step.track(direction).attempts == attempt)
                .filter(step -> direction == Direction.UNDO || step.isCalled())
                .orElse(null);
    }

    void failed(String name, Direction direction, int attempt, Failed failed, long now) {
        StepState step = open(name, direction, attempt);
        if (step == null) {
            return;
        }
        if (direction == Direction.UNDO) {
            undoFailed(step, failed, now);
        } else {
            doFailed(step, failed, now);
        }
    }

    private void undoFailed(StepState step, Failed failed, long now) {
        StepRetry retry = step.leaf instanceof Task task ? task.undoRetry() : StepRetry.patient();
        if (!failed.isFinal() && step.undoing.failures + 1 < retry.attempts()) {
            retry(step, Direction.UNDO, retry, failed, now);
            return;
        }
        add(new SagaRecord.Failed(step.name(), Direction.UNDO, failed.failure(), 0, failed.detail()), now);
        if (state.rules().parks()) {
            add(new SagaRecord.Parked(step.name(), Direction.UNDO, failed.detail()), now);
        } else {
            add(new SagaRecord.Attempted(step.name(), Direction.UNDO, step.undoing.attempts + 1), now);
            add(new SagaRecord.Succeeded(step.name(), Direction.UNDO, NoResult.BYTES), now);
        }
    }

    private void doFailed(StepState step, Failed failed, long now) {
        StepRetry retry = step.leaf instanceof Task task ? task.retry() : StepRetry.standard();
        boolean uncertain = step.doing.uncertain || failed.failure() == Failure.UNKNOWN;
        boolean again = !state.isTurned() && !failed.isFinal() && step.doing.failures + 1 < retry.attempts();
        if (again && mayCall(step, uncertain)) {
            retry(step, Direction.DO, retry, failed, now);
            return;
        }
        add(new SagaRecord.Failed(step.name(), Direction.DO, failed.failure(), 0, failed.detail()), now);
        if (state.isTurned()) {
            return;
        }
        boolean nobodyKnows = uncertain
                && !failed.isFinal()
                && step.leaf instanceof Task task
                && !state.rules().mayRepeat(task);
        if (nobodyKnows) {
            add(new SagaRecord.Parked(step.name(), Direction.DO, failed.detail()), now);
        } else {
            turn(Cause.FAILED, "step " + step.name() + ": " + failed.detail(), now);
        }
    }

    private void retry(StepState step, Direction direction, StepRetry retry, Failed failed, long now) {
        int failures = step.track(direction).failures + 1;
        long wait = Math.max(retry.waitMillis(failures, state.id() + step.name()), failed.waitMillis());
        add(new SagaRecord.Failed(step.name(), direction, failed.failure(), now + wait, failed.detail()), now);
    }

    /** A child saga has ended. */
    void childEnded(String name, SagaRecord.Ended child, long now) {
        StepState step = state.find(name).orElse(null);
        if (step == null || !state.isLive() || step.childInput == null) {
            return;
        }
        if (step.undoing.is(Phase.OPEN)) {
            if (child.outcome() == Outcome.COMPENSATED) {
                add(new SagaRecord.Succeeded(name, Direction.UNDO, NoResult.BYTES), now);
            } else if (child.outcome() == Outcome.ABORTED) {
                undoFailed(
                        step, new Failed(Failure.UNKNOWN, true, 0, "child saga was given up: " + child.detail()), now);
            }
        } else if (step.doing.is(Phase.OPEN) && !state.isTurned()) {
            if (child.outcome() == Outcome.COMPLETED) {
                add(new SagaRecord.Succeeded(name, Direction.DO, child.result()), now);
                return;
            }
            boolean undone = child.outcome() == Outcome.COMPENSATED;
            String detail = "child saga ended " + child.outcome() + ": " + child.detail();
            add(new SagaRecord.Failed(name, Direction.DO, undone ? Failure.REFUSED : Failure.UNKNOWN, 0, detail), now);
            turn(Cause.FAILED, "step " + name + ": " + detail, now);
        }
    }

    void turn(Cause cause, String detail, long now) {
        add(new SagaRecord.Turned(cause, detail), now);
    }

    void signalled(String name, byte[] payload, long now) {
        add(new SagaRecord.Signalled(name, payload), now);
    }

    void resolved(SagaRecord.Resolved resolved, long now) {
        add(resolved, now);
    }

    void abort(String by, long now) {
        end(Outcome.ABORTED, "given up by " + by, now);
    }

    /** Goes as far as it can without anything happening outside. */
    void advance(long now) {
        while (state.isLive()) {
            if (!state.isTurned() && isLate(now)) {
                turn(Cause.DEADLINE, "the deadline has passed", now);
            }
            List<StepState> next = state.frontier();
            if (next.isEmpty()) {
                finish(now);
                return;
            }
            boolean changed = false;
            boolean turned = state.isTurned();
            for (StepState step : next) {
                changed |= turned ? back(step, now) : forward(step, now);
            }
            if (!changed && turned == state.isTurned()) {
                return;
            }
        }
    }

    private boolean isLate(long now) {
        return state.started()
                .filter(begun -> begun.deadlineMillis() > 0 && begun.deadlineMillis() <= now)
                .isPresent();
    }

    /** True if a step that follows may go on. */
    private boolean forward(StepState step, long now) {
        Track track = step.doing;
        if (state.isTurned()) { // by another branch, just now
            return false;
        }
        boolean due = track.dueMillis > 0 && track.dueMillis <= now;
        if (track.is(Phase.IDLE)) {
            begin(step, now);
        } else if (track.is(Phase.BACKOFF) && due) {
            add(new SagaRecord.Attempted(step.name(), Direction.DO, track.attempts + 1), now);
        } else if (track.is(Phase.TIMED) && due) {
            if (step.leaf instanceof Sleep) {
                add(new SagaRecord.Woke(step.name()), now);
                return true;
            }
            String detail = "no signal " + step.name() + " came in time";
            add(new SagaRecord.Failed(step.name(), Direction.DO, Failure.REFUSED, 0, detail), now);
            turn(Cause.FAILED, detail, now);
        }
        return false;
    }

    private void begin(StepState step, long now) {
        Leaf leaf = step.leaf;
        if (leaf instanceof Sleep sleep) {
            add(new SagaRecord.Waiting(step.name(), now + sleep.duration().toMillis()), now);
        } else if (leaf instanceof Await await) {
            long due = await.timeout().isZero() ? 0 : now + await.timeout().toMillis();
            add(new SagaRecord.Waiting(step.name(), due), now);
        } else {
            add(new SagaRecord.Attempted(step.name(), Direction.DO, step.doing.attempts + 1), now);
        }
    }

    private boolean back(StepState step, long now) {
        Track track = step.undoing;
        boolean begins = track.is(Phase.IDLE) && !(state.rules().waitsForOpen() && step.isCalled());
        boolean due = track.is(Phase.BACKOFF) && track.dueMillis <= now;
        if (begins || due) {
            add(new SagaRecord.Attempted(step.name(), Direction.UNDO, track.attempts + 1), now);
        }
        return false;
    }

    private void finish(long now) {
        if (state.isTurned()) {
            end(
                    Outcome.COMPENSATED,
                    state.turned().map(SagaRecord.Turned::detail).orElse(""),
                    now);
        } else {
            end(Outcome.COMPLETED, "", now);
        }
    }

    private void end(Outcome outcome, String detail, long now) {
        SagaPlan plan = state.plan();
        byte[] result = outcome != Outcome.COMPLETED
                ? NoResult.BYTES
                : plan.last()
                        .flatMap(leaf -> state.find(leaf.name()))
                        .map(step -> step.doing.result)
                        .orElse(NoResult.BYTES);
        byte[] input = state.started().map(SagaRecord.Started::input).orElse(NoResult.BYTES);
        add(
                new SagaRecord.Ended(
                        outcome,
                        detail,
                        plan.name(),
                        plan.version(),
                        state.startedMillis(),
                        digest(plan.name(), input),
                        result),
                now);
    }

    /** When it goes on though nothing happens outside; {@link Long#MAX_VALUE} if never. */
    long nextDue() {
        if (!state.isLive()) {
            return Long.MAX_VALUE;
        }
        long due = state.isTurned()
                ? Long.MAX_VALUE
                : state.started()
                        .filter(begun -> begun.deadlineMillis() > 0)
                        .map(SagaRecord.Started::deadlineMillis)
                        .orElse(Long.MAX_VALUE);
        for (StepState step : state.frontier()) {
            Track track = state.isTurned() ? step.undoing : step.doing;
            if (track.dueMillis > 0) {
                due = Math.min(due, track.dueMillis);
            }
        }
        return due;
    }

    /** So that a repeated start is known again when the input is forgotten. */
    static byte[] digest(String definition, byte[] input) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(definition.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            return sha.digest(input);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
