package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.primitive.QueueType.Settlement;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.Query;
import io.holdfast.core.cluster.JournalSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One history of all types, with every answer, and every row of the snapshot at its end, as text. Answers are rows as well, and travel between nodes of different builds. What this test found
 * stands in {@code target/rows.txt}: whoever means to change bytes compares that with {@code src/test/resources/rows.txt}.
 */
class RowsGoldenTest {
    private static final byte[] KEY = {'k'};
    private static final byte[] VALUE = {'v'};
    private static final byte[] OWNER = {'n'};
    private static final long SECOND = 1_000_000_000L;
    private static final long FOREVER = Long.MAX_VALUE;

    private final MachineRun run = new MachineRun();
    private final List<String> lines = new ArrayList<>();
    private final long first = run.open();
    private final long second = run.open();

    private void operate(long session, int type, byte[] operation) {
        Answer answer = run.operate(session, type, operation);
        lines.add("answer " + type + " " + answer.status() + " " + hex(answer.payload()));
    }

    private void ask(int type, byte[] question) {
        lines.add("found " + type + " " + hex(run.ask(type, question)));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void answersAndRowsOfAllTypesKeepTheirBytes() throws IOException {
        maps();
        countersAndReferences();
        permits();
        queues();
        smallOnes();
        questionsToTheWhole();
        journals();
        rows();
        Files.write(Path.of("target", "rows.txt"), lines);
        assertThat(lines).containsExactlyElementsOf(expected());
    }

    private static List<String> expected() throws IOException {
        try (InputStream in = RowsGoldenTest.class.getResourceAsStream("/rows.txt")) {
            return in == null
                    ? List.of()
                    : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
        }
    }

    private void maps() {
        MapChange brief = new MapChange(MapChange.Kind.PUT, KEY, VALUE, SECOND, true);
        operate(first, MapType.ID, MapType.write(MapCondition.ALWAYS, brief));
        operate(first, MapType.ID, MapType.write(MapCondition.ABSENT, brief));
        operate(second, MapType.ID, MapType.write(MapCondition.ALWAYS, MapChange.put(OWNER, VALUE)));
        operate(second, MapType.ID, MapType.write(MapCondition.ALWAYS, MapChange.remove(OWNER)));
        MapTransaction.Compare there = new MapTransaction.Compare("x", KEY, MapCondition.version(1));
        operate(
                first,
                MapType.ID,
                MapType.transact(new MapTransaction(
                        List.of(there),
                        List.of(
                                new MapTransaction.Step("y", MapChange.put(KEY, VALUE)),
                                new MapTransaction.Step("x", MapChange.read(KEY))),
                        List.of(new MapTransaction.Step("x", MapChange.remove(KEY))))));
        ask(MapType.ID, MapType.get(KEY));
        ask(MapType.ID, MapType.range(new byte[0], null, 10));
        ask(MapType.ID, MapType.size());
    }

    private void countersAndReferences() {
        operate(first, CounterType.ID, CounterType.add(5, -10, 10));
        operate(first, CounterType.ID, CounterType.add(6, -10, 10));
        operate(first, CounterType.ID, CounterType.compareAndSet(5, -7));
        operate(first, CounterType.ID, CounterType.compareAndSet(5, 1));
        operate(second, CounterType.ID, CounterType.set(300));
        ask(CounterType.ID, CounterType.get());
        operate(first, RefType.ID, RefType.set(VALUE));
        operate(first, RefType.ID, RefType.compareAndSet(null, KEY));
        operate(first, RefType.ID, RefType.compareAndSet(VALUE, KEY));
        ask(RefType.ID, RefType.get());
    }

    private void permits() {
        for (PermitType type :
                List.of(PermitType.LOCK, PermitType.READ_WRITE_LOCK, PermitType.SEMAPHORE, PermitType.ELECTION)) {
            int of = type == PermitType.LOCK || type == PermitType.ELECTION ? 1 : 3;
            operate(first, type.id(), new PermitType.Acquire(1, of, of, FOREVER, OWNER).encode());
            operate(second, type.id(), new PermitType.Acquire(2, 1, of, FOREVER, OWNER).encode());
            operate(second, type.id(), new PermitType.Acquire(3, 1, of, 60 * SECOND, OWNER).encode());
            operate(second, type.id(), new PermitType.Acquire(4, 1, of, 0, OWNER).encode());
            operate(second, type.id(), PermitType.release(9, true));
            operate(second, type.id(), new PermitType.Acquire(9, 1, of, 0, OWNER).encode());
            operate(second, type.id(), new PermitType.Acquire(5, 1, of + 1, 0, OWNER).encode());
            ask(type.id(), PermitType.claim(second, 2));
            operate(first, type.id(), PermitType.release(1, false));
            ask(type.id(), PermitType.claim(second, 2));
            ask(type.id(), PermitType.describe());
        }
    }

    private void queues() {
        operate(first, QueueType.ID, QueueType.put(VALUE, 3, 1));
        operate(first, QueueType.ID, QueueType.put(VALUE, 3, 2));
        operate(first, QueueType.ID, QueueType.put(VALUE, 3, 2));
        operate(first, QueueType.ID, QueueType.put(VALUE, 3, 2));
        byte[] taken = run.done(second, QueueType.ID, QueueType.take(60 * SECOND));
        QueueType.Item item = QueueType.Item.decode(taken);
        lines.add("taken " + hex(taken));
        operate(second, QueueType.ID, QueueType.settle(item.id(), item.receipt(), Settlement.LONGER, 70 * SECOND));
        operate(second, QueueType.ID, QueueType.settle(item.id(), item.receipt(), Settlement.AGAIN, 0));
        operate(second, QueueType.ID, QueueType.settle(item.id(), item.receipt(), Settlement.DONE, 0));
        operate(second, QueueType.ID, QueueType.take(60 * SECOND));
        ask(QueueType.ID, QueueType.count());
        operate(first, TopicType.ID, TopicType.append(VALUE, 2));
        operate(first, TopicType.ID, TopicType.append(KEY, 2));
        operate(first, TopicType.ID, TopicType.append(VALUE, 2));
        ask(TopicType.ID, TopicType.read(0, 10));
    }

    private void smallOnes() {
        operate(first, IdType.ID, IdType.reserve(300));
        ask(IdType.ID, IdType.next());
        operate(first, LatchType.ID, LatchType.set(3));
        operate(first, LatchType.ID, LatchType.countDown());
        ask(LatchType.ID, LatchType.get());
        operate(first, BarrierType.ID, BarrierType.enter(1, 3));
        operate(first, BarrierType.ID, BarrierType.enter(2, 3));
        operate(second, BarrierType.ID, BarrierType.enter(3, 2));
        operate(first, BarrierType.ID, BarrierType.leave(2));
        ask(BarrierType.ID, BarrierType.stage(first, 1));
        ask(BarrierType.ID, BarrierType.waiting());
    }

    private void journals() {
        run.raise(JournalType.LEVEL);
        JournalAppend.Condition fence = new JournalAppend.Condition(JournalAppend.Condition.FENCE, OWNER, 7);
        JournalAppend.Condition last = new JournalAppend.Condition(JournalAppend.Condition.LAST_OF_KEY, KEY, 0);
        JournalAppend.Entry entry = new JournalAppend.Entry(KEY, VALUE);
        operate(
                first,
                JournalType.ID,
                JournalType.append(new JournalAppend(List.of(fence, last), List.of(entry, entry))));
        operate(first, JournalType.ID, JournalType.append(new JournalAppend(List.of(last), List.of(entry))));
        operate(first, JournalType.ID, JournalType.claim(OWNER, OWNER));
        operate(first, JournalType.ID, JournalType.commit(OWNER, 1, 2));
        operate(first, JournalType.ID, JournalType.release(OWNER, 1));
        operate(first, JournalType.ID, JournalType.forget(KEY));
        operate(first, JournalType.ID, JournalType.configure(JournalSettings.keepNewest()));
        operate(first, JournalType.ID, JournalType.trim(2));
        ask(JournalType.ID, JournalType.read(0, 10, 1000));
        ask(JournalType.ID, JournalType.readKey(KEY, 9, 10, 1000));
        ask(JournalType.ID, JournalType.status());
        ask(JournalType.ID, JournalType.consumers());
    }

    private void questionsToTheWhole() {
        Query.Watch watch = new Query.Watch(MapType.ID, "x", Query.Watch.Start.REVISION, 1, new byte[0], null);
        lines.add("events " + hex(run.ask(watch)));
        lines.add("permits " + hex(run.ask(new Query.Inspect(PermitType.LOCK.id(), "", 0, 5))));
    }

    private void rows() {
        ByteReader in = new ByteReader(run.snapshot());
        for (int i = 0; i < 5; i++) {
            in.u8();
        }
        lines.add("head " + hex(in.bytes(100)));
        while (in.u8() == 1) {
            lines.add("row " + in.varlong() + " " + hex(in.bytes(10_000)) + " " + hex(in.bytes(10_000)));
        }
    }
}
