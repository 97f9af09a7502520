package io.holdfast.replication.saga;

import java.util.Arrays;

/** Turns what somebody asks into events of a saga, or refuses. */
final class Operations {
    private Operations() {}

    static LiveSaga.Event event(SagaOperation operation) {
        if (operation instanceof SagaOperation.Signal signal) {
            return (machine, now) -> signal(machine, signal, now);
        } else if (operation instanceof SagaOperation.Cancel cancel) {
            return (machine, now) -> {
                alive(machine);
                if (!machine.state().isTurned()) {
                    machine.turn(SagaRecord.Cause.CANCELLED, "cancelled by " + Outcomes.brief(cancel.by()), now);
                }
            };
        } else if (operation instanceof SagaOperation.Retry retry) {
            return (machine, now) ->
                    resolve(machine, retry.step(), SagaRecord.Resolution.RETRY, NoResult.BYTES, retry.by(), now);
        } else if (operation instanceof SagaOperation.Resolve resolve) {
            return (machine, now) ->
                    resolve(machine, resolve.step(), SagaRecord.Resolution.DONE, resolve.result(), resolve.by(), now);
        }
        SagaOperation.Abort abort = (SagaOperation.Abort) operation;
        return (machine, now) -> {
            alive(machine);
            machine.abort(Outcomes.brief(abort.by()), now);
        };
    }

    private static void alive(SagaMachine machine) {
        machine.state().ended().ifPresent(end -> {
            throw Refusals.over(machine.state().id(), String.valueOf(end.outcome()));
        });
    }

    private static void signal(SagaMachine machine, SagaOperation.Signal signal, long now) {
        SagaState state = machine.state();
        StepState step = state.find(signal.signal())
                .filter(each -> each.leaf instanceof PlanNode.Await)
                .orElseThrow(() -> new SagaRefusedException("saga " + state.id() + " of " + state.plan()
                        + " waits for no signal " + signal.signal() + "; it has the steps "
                        + state.plan().leaves().keySet()));
        if (signal.payload().length > Invocation.MAX_RESULT) {
            throw new SagaRefusedException("the payload of signal " + signal.signal() + " ("
                    + signal.payload().length + " bytes) must have at most " + Invocation.MAX_RESULT
                    + "; keep it elsewhere and say where");
        }
        boolean again = step.isDone() && Arrays.equals(step.doing.result, signal.payload());
        if (again) {
            return;
        }
        alive(machine);
        if (step.isDone() || state.isTurned()) {
            throw new SagaRefusedException("saga " + state.id()
                    + (step.isDone()
                            ? " has signal " + signal.signal() + " already, with another payload"
                            : " turned back")
                    + "; nothing was changed");
        }
        machine.signalled(signal.signal(), signal.payload(), now);
    }

    private static void resolve(
            SagaMachine machine, String name, SagaRecord.Resolution how, byte[] result, String by, long now) {
        alive(machine);
        SagaState state = machine.state();
        Direction direction = state.isTurned() ? Direction.UNDO : Direction.DO;
        boolean parked = state.find(name)
                .filter(step -> step.track(direction).is(Track.Phase.PARKED))
                .isPresent();
        if (!parked) {
            throw new SagaRefusedException("step " + name + " of saga " + state.id()
                    + " is not parked; look at the saga again, somebody may have resolved it");
        }
        if (how == SagaRecord.Resolution.DONE && direction == Direction.DO) {
            readable(state, name, result);
        }
        machine.resolved(new SagaRecord.Resolved(name, direction, how, result, Outcomes.brief(by)), now);
    }

    private static void readable(SagaState state, String name, byte[] result) {
        try {
            state.find(name).ifPresent(step -> step.leaf.result().decode(result));
        } catch (RuntimeException e) {
            throw new SagaRefusedException("the result for step " + name + " of saga " + state.id()
                    + " cannot be read as its type: " + e.getMessage());
        }
    }
}
