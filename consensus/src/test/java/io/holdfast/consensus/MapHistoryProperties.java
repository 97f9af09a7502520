package io.holdfast.consensus;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.testkit.history.HistoryRecorder;
import io.holdfast.testkit.history.LinearizabilityChecker;
import io.holdfast.testkit.history.RegisterModel;
import io.holdfast.testkit.history.RegisterModel.Cas;
import io.holdfast.testkit.history.RegisterModel.Input;
import io.holdfast.testkit.history.RegisterModel.Output;
import io.holdfast.testkit.history.RegisterModel.Read;
import io.holdfast.testkit.history.RegisterModel.Swapped;
import io.holdfast.testkit.history.RegisterModel.Value;
import io.holdfast.testkit.history.RegisterModel.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.jspecify.annotations.Nullable;

/** What clients of a map see while leaders fall is what one register a key would have shown. */
class MapHistoryProperties {
    private static final int CLIENTS = 5;
    private static final int KEYS = 3;

    @Property(tries = 15)
    void historiesAreLinearizableWhileLeadersFall(@ForAll long seed) {
        new Run(seed).go(400);
    }

    @Tag("slow")
    @Property(tries = 400)
    void manyHistoriesAreLinearizableWhileLeadersFall(@ForAll long seed) {
        new Run(seed).go(800);
    }

    /** One history. */
    private static final class Run {
        private final SimGroup group;
        private final SplittableRandom random;
        private final HistoryRecorder<Input, Output> recorder;
        private final List<ReplicatedMap<String, String>> clients = new ArrayList<>();
        private final List<GroupSession> sessions = new ArrayList<>();
        private final boolean[] busy = new boolean[CLIENTS];
        private int asked;
        private int answered;

        Run(long seed) {
            group = new SimGroup(seed);
            random = new SplittableRandom(seed);
            recorder = new HistoryRecorder<>(group.environment().clock());
            for (int i = 0; i < CLIENTS; i++) {
                GroupSession session = group.lossySession(i % 2, random.nextLong());
                sessions.add(session);
                clients.add(group.consensus(session).map("registers", String.class, String.class));
            }
        }

        void go(int operations) {
            while (asked < operations) {
                for (int client = 0; client < CLIENTS; client++) {
                    if (!busy[client]) {
                        ask(client);
                    }
                }
                group.advance(Duration.ofMillis(1 + random.nextLong(6)));
                fault();
            }
            group.heal();
            group.await("the last answers", () -> answered == asked);
            sessions.forEach(GroupSession::close);
            group.agreed();
            LinearizabilityChecker.of(new RegisterModel())
                    .check(recorder.history())
                    .requireValid();
        }

        private void fault() {
            switch (random.nextInt(120)) {
                case 0, 1 -> group.isolate(random.nextInt(3));
                case 2, 3, 4 -> group.heal();
                case 5, 6 -> group.restart(2);
                case 7 -> group.advance(Duration.ofSeconds(random.nextInt(14)));
                default -> {}
            }
        }

        private void ask(int client) {
            busy[client] = true;
            String key = "k" + random.nextInt(KEYS);
            String value = "v" + ++asked;
            ReplicatedMap<String, String> map = clients.get(client);
            switch (random.nextInt(4)) {
                case 0 ->
                    record(
                            client,
                            key,
                            new Write(value),
                            map.putAsync(key, value).thenApply(w -> new RegisterModel.Written()));
                case 1 ->
                    record(
                            client,
                            key,
                            new Cas(null, value),
                            map.putIfAbsentAsync(key, value, PutOptions.NONE).thenApply(w -> new Swapped(w.applied())));
                case 2 -> {
                    String from = "v" + Math.max(1, asked - random.nextInt(20));
                    record(
                            client,
                            key,
                            new Cas(from, value),
                            map.compareAndSetAsync(key, from, value).thenApply(w -> new Swapped(w.applied())));
                }
                default ->
                    record(
                            client,
                            key,
                            new Read(),
                            map.entryAsync(key, ReadConsistency.LINEARIZABLE)
                                    .thenApply(e ->
                                            new Value(e.map(Versioned::value).orElse(null))));
            }
        }

        private void record(int client, String key, Input input, CompletionStage<? extends Output> stage) {
            HistoryRecorder<Input, Output>.Pending pending = recorder.invoke(client, key, input);
            stage.whenComplete((output, error) -> {
                answered++;
                busy[client] = false;
                if (output != null) {
                    pending.ok(output);
                } else if (isSurelyNot(error)) {
                    pending.failed();
                } else {
                    pending.unknown();
                }
            });
        }

        private static boolean isSurelyNot(@Nullable Throwable error) {
            Throwable cause = error instanceof CompletionException ? error.getCause() : error;
            return cause instanceof HoldfastException known && known.retry() != Retry.IF_IDEMPOTENT;
        }
    }
}
