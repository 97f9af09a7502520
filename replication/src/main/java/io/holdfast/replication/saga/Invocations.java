package io.holdfast.replication.saga;

import io.holdfast.replication.saga.PlanNode.Child;
import io.holdfast.replication.saga.PlanNode.Task;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Makes attempts out of states. */
final class Invocations {
    private Invocations() {}

    static Invocation of(SagaState state, StepState step, SagaRecord.Attempted attempted, long epoch) {
        SagaRecord.Started started = state.started().orElseThrow();
        SagaRules rules = state.rules();
        Direction direction = attempted.direction();
        Invocation.Keys keys = new Invocation.Keys(
                rules.key(state.id(), step.name(), direction, attempted.attempt()),
                rules.key(state.id(), step.name(), Direction.DO, attempted.attempt()));
        Map<String, byte[]> results = new HashMap<>();
        for (StepState each : state.steps()) {
            if (each.isDone()) {
                results.put(each.name(), each.doing.result);
            }
        }
        return new Invocation(
                state.plan(),
                state.id(),
                step.name(),
                direction,
                attempted.attempt(),
                keys,
                body(step, direction, rules),
                started.input(),
                Map.copyOf(results),
                timeout(step),
                epoch,
                started.trace());
    }

    private static PlanNode.Body body(StepState step, Direction direction, SagaRules rules) {
        if (step.leaf instanceof Child child) {
            return child.body();
        }
        Task task = (Task) step.leaf;
        if (direction == Direction.UNDO) {
            return task.undo().orElseThrow();
        }
        boolean asks = step.doing.uncertain && !rules.mayRepeat(task);
        return asks ? task.checked().orElse(task.body()) : task.body();
    }

    private static Duration timeout(StepState step) {
        return step.leaf instanceof Task task ? task.timeout() : ((Child) step.leaf).timeout();
    }
}
