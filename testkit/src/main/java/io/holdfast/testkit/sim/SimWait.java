package io.holdfast.testkit.sim;

import io.holdfast.core.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One who waits for records behind an offset. Looks after each decision, and while the group cannot be reached again and again. */
final class SimWait {
    private final SimReplicated<SimRecords> model;
    private final SimCalls<SimRecords> calls;
    private final SimCalls.Call<Long> call;
    private final long end;
    private boolean looking;

    SimWait(SimReplicated<SimRecords> model, SimCalls<SimRecords> calls, long end, Deadline deadline) {
        this.model = model;
        this.calls = calls;
        this.end = end;
        this.call = calls.begin(deadline, (CompletableFuture<Long> result) -> result.complete(end));
    }

    /** Cancelling it ends the wait. */
    CompletionStage<Long> stage() {
        CompletableFuture<Long> stage = call.stage().toCompletableFuture();
        stage.whenComplete((value, error) -> call.result().cancel(false));
        return stage;
    }

    void onEnd(Runnable action) {
        call.result().whenComplete((value, error) -> action.run());
    }

    void look() {
        if (!call.isOver() && !looking) {
            looking = true;
            model.after(model.travel(), this::arrived);
        }
    }

    private void arrived() {
        looking = false;
        if (call.isOver()) {
            return;
        }
        if (!model.decidesFor(calls.node())) {
            looking = true;
            calls.retry(call, this::arrived);
        } else if (model.state().end() > end) {
            calls.deliver(model.state().end(), call);
        }
    }
}
