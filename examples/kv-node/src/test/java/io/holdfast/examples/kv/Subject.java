package io.holdfast.examples.kv;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.examples.kv.KvClient.Reply;
import io.holdfast.examples.kv.KvClient.Request;
import io.holdfast.testkit.history.History;
import io.holdfast.testkit.history.HistoryRecorder;
import io.holdfast.testkit.history.LinearizabilityChecker;
import io.holdfast.testkit.history.Model;
import io.holdfast.testkit.history.Outcome;
import io.holdfast.testkit.history.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One kind of object with its history. New keys come into use all the time, so that the search of the checker stays short. Safe for use by many threads.
 *
 * @param <S> the states of the model
 * @param <I> the type of the inputs
 * @param <O> the type of the results
 */
abstract class Subject<S, I, O> {
    private static final long BUDGET = 2_000_000;
    private static final int CLIENTS_A_KEY = 3;

    private final String kind;
    private final HistoryRecorder<I, O> recorder;
    private final LinearizabilityChecker<S, I, O> checker;
    private final Keys keys;

    Subject(String kind, Model<S, I, O> model, MonotonicClock clock, int clients) {
        this.kind = kind;
        this.keys = new Keys(kind, Math.max(3, clients / 5 / CLIENTS_A_KEY));
        this.recorder = new HistoryRecorder<>(clock);
        this.checker = LinearizabilityChecker.of(model).withBudget(BUDGET);
    }

    /** Does something to a key. */
    abstract Reply act(Actor actor, String key);

    /** Looks, after all others have stopped, at what a key has become, at one node; false if the node could not tell. */
    abstract boolean look(Actor actor, int node, String key);

    final String kind() {
        return kind;
    }

    final Reply act(Actor actor) {
        Keys.Key key = keys.next(actor.random().nextInt(keys.slots()));
        Reply reply = act(actor, key.name());
        if (reply instanceof Reply.Unknown) {
            key.unknown().incrementAndGet();
        }
        return reply;
    }

    final List<String> keys() {
        return List.copyOf(history().byKey().keySet());
    }

    final History<I, O> history() {
        return recorder.history();
    }

    final Verdict check() {
        return checker.check(history());
    }

    final void write(Path folder) throws IOException {
        history().write(folder.resolve(kind + ".jsonl"));
    }

    final Counts counts() {
        int ok = 0;
        int failed = 0;
        int unknown = 0;
        for (var operation : history().operations()) {
            if (operation.outcome() instanceof Outcome.Ok) {
                ok++;
            } else if (operation.outcome() instanceof Outcome.Failed) {
                failed++;
            } else {
                unknown++;
            }
        }
        return new Counts(ok, failed, unknown);
    }

    /** How operations ended. */
    record Counts(int ok, int failed, int unknown) {
        static final Counts NONE = new Counts(0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(ok + other.ok, failed + other.failed, unknown + other.unknown);
        }

        int all() {
            return ok + failed + unknown;
        }
    }

    /** A write, recorded. */
    final Reply write(Actor actor, String key, I input, Request request, Function<Reply.Done, O> output) {
        HistoryRecorder<I, O>.Pending pending = recorder.invoke(actor.process(), key, input);
        Reply reply = actor.send(request);
        if (reply instanceof Reply.Done done) {
            pending.ok(output.apply(done));
        } else if (reply instanceof Reply.NotDone) {
            pending.failed();
        } else {
            pending.unknown();
            actor.becomeAnother();
        }
        return reply;
    }

    /** A read, recorded. Without an answer it has no effect. */
    final Reply read(Actor actor, String key, I input, Request request, Function<Reply.Done, O> output) {
        HistoryRecorder<I, O>.Pending pending = recorder.invoke(actor.process(), key, input);
        return answer(pending, actor.send(request), output);
    }

    /** A read at one node, recorded. */
    final Reply readAt(int node, Actor actor, String key, I input, Request request, Function<Reply.Done, O> output) {
        HistoryRecorder<I, O>.Pending pending = recorder.invoke(actor.process(), key, input);
        return answer(pending, actor.send(node, request), output);
    }

    private Reply answer(HistoryRecorder<I, O>.Pending pending, Reply reply, Function<Reply.Done, O> output) {
        if (reply instanceof Reply.Done done) {
            pending.ok(output.apply(done));
        } else {
            pending.failed();
        }
        return reply;
    }

    /** Rules beyond the model; none broken means empty. */
    List<String> problems() {
        return new ArrayList<>();
    }
}
