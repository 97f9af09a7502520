package io.holdfast.replication.saga;

import io.holdfast.replication.saga.PlanNode.Leaf;
import io.holdfast.replication.saga.PlanNode.Parallel;
import io.holdfast.replication.saga.SagaRecord.Attempted;
import io.holdfast.replication.saga.SagaRecord.ChildStarted;
import io.holdfast.replication.saga.SagaRecord.Ended;
import io.holdfast.replication.saga.SagaRecord.Failed;
import io.holdfast.replication.saga.SagaRecord.Parked;
import io.holdfast.replication.saga.SagaRecord.Resolved;
import io.holdfast.replication.saga.SagaRecord.Signalled;
import io.holdfast.replication.saga.SagaRecord.Started;
import io.holdfast.replication.saga.SagaRecord.Succeeded;
import io.holdfast.replication.saga.SagaRecord.Turned;
import io.holdfast.replication.saga.SagaRecord.Waiting;
import io.holdfast.replication.saga.SagaRecord.Woke;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a history adds up to under a definition: nothing but records changes it, and one that the definition could not have written is a {@link SagaDivergedException}. Belongs to one thread.
 */
final class SagaState {
    private final String id;
    private final SagaPlan plan;
    private final SagaRules rules;
    private final Map<String, StepState> steps = new LinkedHashMap<>();
    private @Nullable Started started;
    private @Nullable Turned turned;
    private @Nullable Ended ended;
    private long startedMillis;

    SagaState(String id, SagaPlan plan, SagaRules rules) {
        this.id = id;
        this.plan = plan;
        this.rules = rules;
        plan.leaves().values().forEach(leaf -> steps.put(leaf.name(), new StepState(leaf)));
    }

    String id() {
        return id;
    }

    SagaPlan plan() {
        return plan;
    }

    SagaRules rules() {
        return rules;
    }

    Optional<Started> started() {
        return Optional.ofNullable(started);
    }

    Optional<Turned> turned() {
        return Optional.ofNullable(turned);
    }

    Optional<Ended> ended() {
        return Optional.ofNullable(ended);
    }

    long startedMillis() {
        return startedMillis;
    }

    /** Started, and not ended. */
    boolean isLive() {
        return started != null && ended == null;
    }

    boolean isTurned() {
        return turned != null;
    }

    Collection<StepState> steps() {
        return steps.values();
    }

    Optional<StepState> find(String step) {
        return Optional.ofNullable(steps.get(step));
    }

    /** The steps that are next in the direction in which the saga goes; none if that is its end. */
    List<StepState> frontier() {
        List<StepState> next = new ArrayList<>();
        if (turned == null) {
            forward(plan.nodes(), next);
        } else {
            backward(plan.nodes(), next);
        }
        return next;
    }

    private boolean forward(List<PlanNode> nodes, List<StepState> next) {
        for (PlanNode node : nodes) {
            boolean through = true;
            if (node instanceof Parallel parallel) {
                for (List<PlanNode> branch : parallel.branches()) {
                    through &= forward(branch, next);
                }
            } else {
                StepState step = at((Leaf) node);
                through = step.isDone();
                if (!through) {
                    next.add(step);
                }
            }
            if (!through) {
                return false;
            }
        }
        return true;
    }

    private boolean backward(List<PlanNode> nodes, List<StepState> next) {
        for (int i = 0; i < nodes.size(); i++) {
            PlanNode node = nodes.get(rules.backwards() ? nodes.size() - 1 - i : i);
            boolean through = true;
            if (node instanceof Parallel parallel) {
                for (List<PlanNode> branch : parallel.branches()) {
                    through &= backward(branch, next);
                }
            } else {
                StepState step = at((Leaf) node);
                through = step.isSettled(rules);
                if (!through) {
                    next.add(step);
                }
            }
            if (!through) {
                return false;
            }
        }
        return true;
    }

    private StepState at(Leaf leaf) {
        StepState step = steps.get(leaf.name());
        if (step == null) {
            throw new IllegalStateException(leaf.name() + " is no step of " + plan);
        }
        return step;
    }

    /** Adds what has happened. */
    void apply(SagaRecord record, long atMillis) {
        if (record instanceof Started begun) {
            start(begun, atMillis);
        } else if (record instanceof Ended over) {
            need(started == null || ended == null, record, "it has ended before");
            ended = over;
            startedMillis = over.startedMillis();
        } else if (record instanceof Turned back) {
            boolean reopened = ended != null
                    && ended.outcome() == SagaRecord.Outcome.COMPLETED
                    && back.cause() == SagaRecord.Cause.PARENT;
            need(turned == null && (isLive() || reopened), record, "it had turned back or ended before");
            turned = back;
            ended = null;
        } else {
            need(isLive(), record, "it has not begun, or has ended");
            applyToStep(record);
        }
    }

    private void start(Started begun, long atMillis) {
        need(started == null && ended == null, begun, "it has begun before");
        Divergence.check(id, begun, plan);
        started = begun;
        startedMillis = atMillis;
    }

    private void applyToStep(SagaRecord record) {
        if (record instanceof Attempted attempted) {
            attempt(attempted);
        } else if (record instanceof Succeeded succeeded) {
            Track track = track(succeeded.step(), succeeded.direction(), record);
            need(track.is(Track.Phase.OPEN), record, "no attempt is under way");
            track.done(succeeded.result());
        } else if (record instanceof Failed failed) {
            Track track = track(failed.step(), failed.direction(), record);
            need(!track.is(Track.Phase.DONE) && !track.is(Track.Phase.IDLE), record, "nothing of it is under way");
            track.failed(failed);
        } else if (record instanceof Parked parked) {
            track(parked.step(), parked.direction(), record).parked(parked.detail());
        } else if (record instanceof Resolved resolved) {
            resolve(resolved);
        } else {
            applyToWait(record);
        }
    }

    private void attempt(Attempted attempted) {
        Track track = track(attempted.step(), attempted.direction(), attempted);
        need(attempted.attempt() == track.attempts + 1, attempted, "it was attempted " + track.attempts + " times");
        boolean back = attempted.direction() == Direction.UNDO;
        need(
                back == isTurned() && frontier().contains(step(attempted.step(), attempted)),
                attempted,
                "by this definition it is not its turn");
        track.attempt(attempted.attempt());
    }

    private void resolve(Resolved resolved) {
        Track track = track(resolved.step(), resolved.direction(), resolved);
        need(track.is(Track.Phase.PARKED), resolved, "it is not parked");
        if (resolved.how() == SagaRecord.Resolution.RETRY) {
            track.renewed();
        } else {
            track.done(resolved.result());
        }
    }

    private void applyToWait(SagaRecord record) {
        if (record instanceof Waiting waiting) {
            StepState step = step(waiting.step(), record);
            need(frontier().contains(step), record, "by this definition it is not its turn");
            step.doing.phase = Track.Phase.TIMED;
            step.doing.dueMillis = waiting.dueMillis();
        } else if (record instanceof Woke woke) {
            Track track = track(woke.step(), Direction.DO, record);
            need(track.is(Track.Phase.TIMED), record, "it does not sleep");
            track.done(NoResult.BYTES);
        } else if (record instanceof Signalled signalled) {
            StepState step = step(signalled.step(), record);
            need(step.leaf instanceof PlanNode.Await && !step.isDone(), record, "it waits for no signal");
            step.doing.done(signalled.payload());
        } else if (record instanceof ChildStarted child) {
            StepState step = step(child.step(), record);
            need(step.leaf instanceof PlanNode.Child && step.isCalled(), record, "no child is about to start");
            step.childInput = child.input();
        }
    }

    private Track track(String name, Direction direction, SagaRecord record) {
        return step(name, record).track(direction);
    }

    private StepState step(String name, SagaRecord record) {
        StepState step = steps.get(name);
        if (step == null) {
            throw Divergence.of(id, plan, record, "the definition has no step " + name);
        }
        return step;
    }

    private void need(boolean holds, SagaRecord record, String why) {
        if (!holds) {
            throw Divergence.of(id, plan, record, why);
        }
    }
}
