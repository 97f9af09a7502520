package io.holdfast.sharding.handoff;

import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import io.holdfast.core.env.Environment;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.Host;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Counters in the memory of a shard's owner: increments are committed under the fence, reads are answered from memory if the tenure holds. Its threads are slow at times, and none heeds an interrupt: what
 * was begun goes on after the shard is lost.
 */
final class SimTenant implements ShardTenant {
    static final int KEYS = 2;

    private static final class Cell {
        private long count;
        private long version;
        /** Whether memory tells what the table does, with nothing on the way whose outcome is unknown. */
        private boolean clean;

        private boolean writing;
    }

    private static final class Held {
        private final Tenure tenure;
        private final Map<String, Cell> cells = new HashMap<>();
        private final CompletableFuture<Void> drained = new CompletableFuture<>();
        private int underWay;
        private boolean draining;

        private final Host self;

        Held(Tenure tenure, Host self) {
            this.tenure = tenure;
            this.self = self;
        }

        @Override
        public String toString() {
            return "run " + self.run() + " of " + self + ", " + tenure;
        }

        void begin() {
            underWay++;
        }

        void end() {
            underWay--;
            if (draining && underWay == 0) {
                drained.complete(null);
            }
        }
    }

    private final Host self;
    private final Environment environment;
    private final RandomGenerator random;
    private final Judge judge;
    private final Map<Integer, Held> held = new TreeMap<>();

    SimTenant(Host self, Environment environment, Judge judge) {
        this.self = self;
        this.environment = environment;
        this.random = environment.random().split("tenant");
        this.judge = judge;
    }

    static String key(int shard, int number) {
        return "count/" + shard + "/" + number;
    }

    /** A row: the count, and who made it. */
    record Count(long value, Epoch epoch, Host host) {
        static Count of(Row row) {
            WireReader in = new WireReader("count", row.value());
            return new Count(
                    in.number("count"),
                    new Epoch(in.number("epoch")),
                    new Host(NodeId.of(in.text("node", 255)), in.fixed64("run")));
        }

        byte[] bytes() {
            WireWriter out = new WireWriter();
            out.number(value);
            out.number(epoch.value());
            out.text(host.node().value());
            out.fixed64(host.run());
            return out.bytes();
        }
    }

    void start() {
        later(Duration.ofNanos(5_000_000 + random.nextLong(40_000_000)), this::work);
    }

    private void work() {
        start();
        List<Held> mine = held.values().stream().filter(each -> !each.draining).toList();
        if (mine.isEmpty()) {
            return;
        }
        Held one = mine.get(random.nextInt(mine.size()));
        String key = key(one.tenure.shard(), random.nextInt(KEYS));
        if (random.nextInt(5) < 3) {
            write(one, key);
        } else {
            read(one, key);
        }
    }

    private void later(Duration delay, Runnable task) {
        environment.scheduler().schedule(delay, task);
    }

    private Deadline within(int millis) {
        return Deadline.after(environment.clock().nanoTime(), Duration.ofMillis(millis));
    }

    /** A thread that waits for its turn: mostly for no time, at times for longer than a lease. */
    private Duration turn() {
        return Duration.ofNanos(random.nextInt(25) == 0 ? random.nextLong(2_000_000_000L) : random.nextLong(2_000_000));
    }

    /** Increments the counter once, if it is not incremented already. */
    private void write(Held one, String key) {
        Cell cell = one.cells.get(key);
        if (cell == null || cell.writing) {
            return;
        }
        cell.writing = true;
        one.begin();
        later(turn(), () -> {
            if (cell.clean) {
                commit(one, key, cell);
            } else {
                load(one, key, () -> commit(one, key, cell), () -> endWrite(one, cell));
            }
        });
    }

    private static void endWrite(Held one, Cell cell) {
        cell.writing = false;
        one.end();
    }

    private void commit(Held one, String key, Cell cell) {
        judge.attempt(key);
        long next = cell.count + 1;
        Count count = new Count(next, one.tenure.epoch(), self);
        one.tenure
                .table()
                .commit(
                        List.of(one.tenure.fence(), new Condition(key, cell.version)),
                        List.of(Change.put(key, count.bytes())),
                        within(400))
                .whenComplete((done, failure) -> {
                    if (failure == null && done.applied()) {
                        judge.accepted(one.tenure.shard(), one.tenure.epoch(), self, done.revision());
                        judge.acknowledged(key, next, one);
                        cell.count = next;
                        cell.version++;
                        cell.clean = true;
                    } else if (!(failure instanceof NotAppliedException)) {
                        cell.clean = false;
                    }
                    endWrite(one, cell);
                });
    }

    private void load(Held one, String key, Runnable then, Runnable otherwise) {
        one.tenure.table().get(key, ReadConsistency.LINEARIZABLE, within(400)).whenComplete((row, failure) -> {
            if (failure != null) {
                otherwise.run();
                return;
            }
            row.ifPresent(found -> saw(one.tenure.shard(), found));
            Cell cell = one.cells.computeIfAbsent(key, any -> new Cell());
            cell.count = row.map(found -> Count.of(found).value()).orElse(0L);
            cell.version = row.map(Row::version).orElse(0L);
            then.run();
        });
    }

    private void saw(int shard, Row row) {
        Count count = Count.of(row);
        judge.accepted(shard, count.epoch(), count.host(), row.modified());
    }

    private void read(Held one, String key) {
        Cell cell = one.cells.get(key);
        if (cell == null) {
            return;
        }
        long floor = judge.floor(key);
        boolean clean = cell.clean;
        long value = cell.count;
        one.begin();
        later(turn(), () -> {
            if (clean && one.tenure.holds()) {
                judge.answered(key, floor, value, true, one);
                one.end();
            } else {
                ask(one, key, floor);
            }
        });
    }

    private void ask(Held one, String key, long floor) {
        one.tenure.table().get(key, ReadConsistency.LINEARIZABLE, within(400)).whenComplete((row, failure) -> {
            if (failure == null) {
                row.ifPresent(found -> saw(one.tenure.shard(), found));
                long value = row.map(found -> Count.of(found).value()).orElse(0L);
                judge.answered(key, floor, value, false, one);
            }
            one.end();
        });
    }

    @Override
    public CompletionStage<?> warm(int shard) {
        CompletableFuture<Void> warm = new CompletableFuture<>();
        later(turn(), () -> warm.complete(null));
        return warm;
    }

    @Override
    public void serve(int shard, Tenure tenure) {
        Held one = new Held(tenure, self);
        held.put(shard, one);
        for (int number = 0; number < KEYS; number++) {
            first(one, key(shard, number));
        }
    }

    /** Right after a shard has come something is written, so that a former owner that still answers is found out. */
    private void first(Held one, String key) {
        load(
                one,
                key,
                () -> {
                    Cell cell = one.cells.get(key);
                    if (cell != null) {
                        cell.clean = true;
                        if (!one.draining) {
                            write(one, key);
                        }
                    }
                },
                () -> later(Duration.ofMillis(50), () -> {
                    if (held.get(one.tenure.shard()) == one) {
                        first(one, key);
                    }
                }));
    }

    @Override
    public CompletionStage<?> drain(int shard) {
        Held one = held.get(shard);
        if (one == null) {
            return CompletableFuture.completedFuture(null);
        }
        held.remove(shard);
        one.draining = true;
        if (one.underWay == 0) {
            one.drained.complete(null);
        }
        return one.drained;
    }

    @Override
    public void stop(int shard) {
        Optional.ofNullable(held.remove(shard)).ifPresent(one -> one.draining = true);
    }

    /** Whether a shard is served in an epoch, and its state is in memory. */
    boolean serves(int shard, Epoch epoch) {
        Held one = held.get(shard);
        return one != null && one.tenure.epoch().equals(epoch) && one.cells.size() == KEYS;
    }

    /** Increments a counter, if it can. */
    void client(int shard, String key) {
        Held one = held.get(shard);
        if (one != null) {
            write(one, key);
        }
    }
}
