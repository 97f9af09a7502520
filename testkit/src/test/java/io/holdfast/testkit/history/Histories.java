package io.holdfast.testkit.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Histories of processes that use a real atomic object at the same time: by construction linearizable. */
final class Histories {
    /** How many of a hundred operations end unknown, and how many fail. */
    record Faults(int unknown, int failed) {}

    private Histories() {}

    private static final class Running<I, O> {
        final HistoryRecorder<I, O>.Pending pending;
        final I input;
        final int process;

        @Nullable O output;

        Running(HistoryRecorder<I, O>.Pending pending, I input, int process) {
            this.pending = pending;
            this.input = input;
            this.process = process;
        }
    }

    static <I, O> History<I, O> good(
            Subject<?, I, O> subject, long seed, int operations, int processes, int keys, Faults faults) {
        HistoryRecorder<I, O> recorder = new HistoryRecorder<>(() -> 0);
        for (int key = 0; key < keys; key++) {
            record(subject, recorder, "k" + key, seed * 1_000 + key, operations, processes, faults);
        }
        return recorder.history();
    }

    private static <I, O> void record(
            Subject<?, I, O> subject,
            HistoryRecorder<I, O> recorder,
            String key,
            long seed,
            int operations,
            int processes,
            Faults faults) {
        SplittableRandom random = new SplittableRandom(seed);
        Function<I, O> object = subject.object().get();
        List<Running<I, O>> running = new ArrayList<>();
        List<Running<I, O>> ghosts = new ArrayList<>();
        Map<Integer, List<O>> told = new HashMap<>();
        List<Integer> idle = new ArrayList<>();
        for (int process = 0; process < processes; process++) {
            idle.add(process);
        }
        int begun = 0;
        while (begun < operations || !running.isEmpty()) {
            if (!ghosts.isEmpty() && random.nextInt(20) == 0) {
                object.apply(ghosts.remove(random.nextInt(ghosts.size())).input); // long after its client gave up
            }
            if (begun < operations && !idle.isEmpty() && random.nextBoolean()) {
                int process = idle.remove(random.nextInt(idle.size()));
                I input = subject.inputs().next(random, begun++, told.getOrDefault(process, List.of()));
                running.add(new Running<>(recorder.invoke(process, key, input), input, process));
            } else if (!running.isEmpty()) {
                Running<I, O> one = running.get(random.nextInt(running.size()));
                O output = one.output;
                int fate = random.nextInt(100);
                if (fate < faults.unknown()) {
                    one.pending.unknown();
                    if (output == null && random.nextBoolean()) {
                        ghosts.add(one);
                    }
                } else if (output == null && fate < faults.unknown() + faults.failed()) {
                    one.pending.failed();
                } else if (output == null) {
                    one.output = object.apply(one.input);
                    continue;
                } else {
                    one.pending.ok(output);
                    told.computeIfAbsent(one.process, process -> new ArrayList<>())
                            .add(output);
                }
                running.remove(one);
                idle.add(one.process);
            }
        }
    }

    /** The same history with one acknowledged result replaced by a lie; perhaps still linearizable. */
    static <I, O> History<I, O> withALie(Subject<?, I, O> subject, History<I, O> history, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Operation<I, O>> operations = new ArrayList<>(history.operations());
        int at = random.nextInt(operations.size());
        Operation<I, O> old = operations.get(at);
        O lie = subject.lies().apply(random);
        if (old.outcome() instanceof Outcome.Ok<O> ok && ok.output().getClass() == lie.getClass()) {
            operations.set(
                    at,
                    new Operation<>(
                            old.process(),
                            old.key(),
                            old.input(),
                            new Outcome.Ok<>(lie),
                            old.invoked(),
                            old.returned(),
                            0,
                            0));
        }
        return new History<>(operations);
    }
}
