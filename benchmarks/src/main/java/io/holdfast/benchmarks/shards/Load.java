package io.holdfast.benchmarks.shards;

import io.holdfast.benchmarks.run.OpenLoop;
import io.holdfast.core.env.Environment;
import io.holdfast.entity.Entities;
import io.holdfast.sharding.map.KeyHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls at a fixed rate whether or not earlier ones were answered, each checked against what its entity must know. Safe for use by many threads. */
final class Load implements OpenLoop.Deed {
    private static final int MAX_WAITING = 15_000;
    private static final long NAP_NANOS = 500_000;
    private static final int AUDITS_AT_ONCE = 32;

    private final Environment environment;
    private final OpenLoop loop;
    private final int writePercent;
    private final List<Subject> subjects = new ArrayList<>();
    private final Account.Faults faults = new Account.Faults();
    private final Queue<Call> journal = new ConcurrentLinkedQueue<>();
    private final AtomicLong notSent = new AtomicLong();
    private volatile String lastFailure = "none";

    private record Subject(Tally tally, int shard, Account account) {}

    Load(Environment environment, Entities entities, int keys, int perSecond, int writePercent) {
        this.environment = environment;
        this.loop = new OpenLoop(environment, perSecond, MAX_WAITING, this);
        this.writePercent = writePercent;
        int[] left = new int[ShardCluster.SHARDS];
        Arrays.fill(left, Math.max(1, keys / ShardCluster.SHARDS)); // as many in each shard: none may stop unseen
        for (int i = 0; Arrays.stream(left).anyMatch(more -> more > 0); i++) {
            String key = "k" + i;
            if (left[shard(key)]-- > 0) {
                subjects.add(new Subject(entities.ref(Tally.class, key), shard(key), new Account(faults)));
            }
        }
    }

    static int shard(String key) {
        return KeyHash.shard(Tally.KIND + "/" + key, ShardCluster.SHARDS);
    }

    /** Begins to call, in a thread of its own. */
    void start() {
        environment.threads().start("load", loop);
    }

    @Override
    public void leaveOut() {
        notSent.incrementAndGet();
    }

    @Override
    public void begin(long number, Runnable over) {
        // a full round over all keys writes or reads, key by key, and the next one the other way round
        long round = number / subjects.size();
        Subject subject = subjects.get((int) (number % subjects.size()));
        boolean write = (number + 37 * round) % 100 < writePercent;
        CompletableFuture<?> call = write ? add(subject) : read(subject);
        call.whenComplete((answer, failure) -> over.run());
    }

    private CompletableFuture<?> add(Subject subject) {
        Account account = subject.account();
        long number = account.next();
        long floor = account.seen();
        long begin = now();
        return subject.tally()
                .add(number)
                .whenComplete((count, failure) -> {
                    long end = now();
                    if (failure == null) {
                        account.acknowledged(number, count, floor, end);
                    }
                    note(new Call(begin, end, subject.shard(), true, word(failure)));
                })
                .toCompletableFuture();
    }

    private CompletableFuture<?> read(Subject subject) {
        Account account = subject.account();
        long floor = account.seen();
        long begin = now();
        return subject.tally()
                .sum()
                .whenComplete((sum, failure) -> {
                    if (failure == null) {
                        account.read(sum, floor, begin);
                    }
                    note(new Call(begin, now(), subject.shard(), false, word(failure)));
                })
                .toCompletableFuture();
    }

    private void note(Call call) {
        journal.add(call);
    }

    private String word(@Nullable Throwable failure) {
        Throwable bare = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (bare == null) {
            return "";
        }
        lastFailure = String.valueOf(bare.getMessage());
        return bare.getClass().getSimpleName();
    }

    /** What the last call that failed said. */
    String lastFailure() {
        return lastFailure;
    }

    private long now() {
        return environment.clock().nanoTime();
    }

    /** The calls that ended since this was last asked. */
    Calls take() {
        List<Call> taken = new ArrayList<>();
        for (Call call = journal.poll(); call != null; call = journal.poll()) {
            taken.add(call);
        }
        return new Calls(List.copyOf(taken));
    }

    long notSent() {
        return notSent.get();
    }

    Account.Faults faults() {
        return faults;
    }

    void stop() {
        loop.stop();
    }

    /** Reads every entity, so that nothing acknowledged is missing unseen. */
    void audit() {
        long begin = now();
        while (loop.underWay() > 0 && now() - begin < 30_000_000_000L) {
            LockSupport.parkNanos(NAP_NANOS);
        }
        int[] unread = {0};
        for (int i = 0; i < subjects.size(); i += AUDITS_AT_ONCE) {
            List<CompletableFuture<?>> reads = new ArrayList<>();
            subjects.subList(i, Math.min(subjects.size(), i + AUDITS_AT_ONCE))
                    .forEach(subject -> reads.add(read(subject)));
            for (CompletableFuture<?> read : reads) {
                if (read.handle((sum, failure) -> failure != null).join()) {
                    unread[0]++;
                }
            }
        }
        if (unread[0] > 0) {
            throw new IllegalStateException(unread[0] + " of " + subjects.size()
                    + " entities could not be read at the end, so nothing is proved; see target/logs/shards-*.log");
        }
    }
}
