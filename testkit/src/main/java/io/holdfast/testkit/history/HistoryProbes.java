package io.holdfast.testkit.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Checks that take linear time (and one sort) and so suit histories of millions of operations. They find less than {@link LinearizabilityChecker} does: a history that passes may still be wrong.
 *
 * <p>Each answers the problems it found, the first {@link #MAX_PROBLEMS} of them; none means that the rule holds.
 */
public final class HistoryProbes {
    /** The problems that are told at most. */
    public static final int MAX_PROBLEMS = 20;

    private HistoryProbes() {}

    /**
     * Rule: the revisions that one process sees of one key never go back. Also holds for reads that may be stale but keep a session.
     *
     * @param history the history
     * @param seen the revision that an acknowledged operation read or wrote; empty if it tells none
     * @param <I> the type of the inputs
     * @param <O> the type of the results
     * @return the problems
     */
    public static <I, O> List<String> revisionsGoBack(
            History<I, O> history, Function<Operation<I, O>, OptionalLong> seen) {
        record Session(int process, String key) {}
        record Sight(long revision, Operation<?, ?> by) {}
        List<String> problems = new ArrayList<>();
        Map<Session, Sight> latest = new HashMap<>();
        for (Operation<I, O> operation : history.operations()) {
            OptionalLong revision =
                    operation.outcome() instanceof Outcome.Ok ? seen.apply(operation) : OptionalLong.empty();
            if (revision.isPresent()) {
                Sight now = new Sight(revision.getAsLong(), operation);
                Sight before = latest.put(new Session(operation.process(), operation.key()), now);
                if (before != null && before.revision() > now.revision()) {
                    add(problems, operation, "saw revision " + now.revision() + " after " + before.by());
                }
            }
        }
        return problems;
    }

    /**
     * Rule: a read sees a version that is not older than the newest write acknowledged before the read began, and not newer than the newest write begun before the read ended. For
     * keys whose versions grow in the order of their writes: those with one writer that numbers its values, and those whose store gives out revisions.
     *
     * @param history the history
     * @param written the version that a write asked for, or that its acknowledgement told; empty if it is no write or told none
     * @param read the version that an acknowledged read saw, 0 for none; empty if it is no read
     * @param <I> the type of the inputs
     * @param <O> the type of the results
     * @return the problems
     */
    public static <I, O> List<String> staleReads(
            History<I, O> history,
            Function<Operation<I, O>, OptionalLong> written,
            Function<Operation<I, O>, OptionalLong> read) {
        List<String> problems = new ArrayList<>();
        history.byKey().values().forEach(operations -> staleReads(operations, written, read, problems));
        return problems;
    }

    private static <I, O> void staleReads(
            List<Operation<I, O>> operations,
            Function<Operation<I, O>, OptionalLong> written,
            Function<Operation<I, O>, OptionalLong> read,
            List<String> problems) {
        Map<Operation<I, O>, Long> atLeast = new IdentityHashMap<>();
        long acknowledged = 0;
        long begun = 0;
        boolean knowsAllBegun = true;
        for (Event<I, O> event : events(operations)) {
            Operation<I, O> operation = event.operation();
            boolean ok = operation.outcome() instanceof Outcome.Ok;
            OptionalLong version = written.apply(operation);
            OptionalLong sight = ok ? read.apply(operation) : OptionalLong.empty();
            if (version.isPresent()) {
                begun = Math.max(begun, version.getAsLong());
                acknowledged = event.end() && ok ? Math.max(acknowledged, version.getAsLong()) : acknowledged;
            } else if (sight.isEmpty() && !ok) {
                knowsAllBegun = false; // a write that never told its version may be what a later read sees
            }
            if (sight.isPresent() && !event.end()) {
                atLeast.put(operation, acknowledged);
            } else if (sight.isPresent()) {
                long least = atLeast.getOrDefault(operation, 0L);
                if (sight.getAsLong() < least) {
                    add(problems, operation, "is stale: version " + least + " was acknowledged before it began");
                } else if (knowsAllBegun && sight.getAsLong() > begun) {
                    add(problems, operation, "saw a version that nobody had begun to write");
                }
            }
        }
    }

    private record Event<I, O>(long at, boolean end, Operation<I, O> operation) {}

    private static <I, O> List<Event<I, O>> events(List<Operation<I, O>> operations) {
        List<Event<I, O>> events = new ArrayList<>();
        for (Operation<I, O> operation : operations) {
            if (!(operation.outcome() instanceof Outcome.Failed)) {
                events.add(new Event<>(operation.invoked(), false, operation));
                events.add(new Event<>(operation.returned(), true, operation));
            }
        }
        events.sort((a, b) -> Long.compare(a.at(), b.at()));
        return events;
    }

    /**
     * Rule: the last value of a counter is the sum of all acknowledged additions and of some of the unknown ones.
     *
     * @param history the history of one or more counters
     * @param last the last value of each counter by key, read after all clients had stopped; a key without a value is not checked
     * @return the problems
     */
    public static List<String> countersOff(
            History<CounterModel.Input, CounterModel.Value> history, Map<String, Long> last) {
        List<String> problems = new ArrayList<>();
        history.byKey().forEach((key, operations) -> {
            long least = 0;
            long most = 0;
            for (Operation<CounterModel.Input, CounterModel.Value> operation : operations) {
                if (operation.input() instanceof CounterModel.Add add
                        && !(operation.outcome() instanceof Outcome.Failed)) {
                    boolean sure = operation.outcome() instanceof Outcome.Ok;
                    least += sure || add.amount() < 0 ? add.amount() : 0;
                    most += sure || add.amount() > 0 ? add.amount() : 0;
                }
            }
            Long value = last.get(key);
            if (value != null && (value < least || value > most) && problems.size() < MAX_PROBLEMS) {
                problems.add("counter " + key + " (" + value + ") must be between " + least + " and " + most
                        + ", by its acknowledged and unknown additions");
            }
        });
        return problems;
    }

    private static void add(List<String> problems, Operation<?, ?> operation, String problem) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add("key " + operation.key() + ", " + operation + ": " + problem);
        }
    }
}
