package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.primitive.QueueType.Counts;
import io.holdfast.consensus.primitive.QueueType.Item;
import io.holdfast.consensus.primitive.QueueType.Settlement;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeTry;

class QueueTypeProperties {
    private static final int CAPACITY = 6;
    private static final int LIMIT = 3;
    private static final long VISIBLE_AFTER = 1_000;

    /** An item in the oracle. */
    private static final class Thing {
        final long id;
        final String value;
        int deliveries;
        long receipt;
        long until;

        Thing(long id, String value) {
            this.id = id;
            this.value = value;
        }
    }

    private MachineRun run = new MachineRun();
    private final TreeMap<Long, Thing> ready = new TreeMap<>();
    private final TreeMap<Long, Thing> taken = new TreeMap<>();
    private final TreeMap<Long, Thing> dead = new TreeMap<>();
    private final List<long[]> receipts = new ArrayList<>();
    private long session;
    private int puts;

    @BeforeTry
    void begin() {
        run = new MachineRun();
        session = run.open();
        puts = 0;
        ready.clear();
        taken.clear();
        dead.clear();
        receipts.clear();
    }

    @Property(tries = 100)
    void itemsAreTakenInOrderAndNoneIsLostOrDoubled(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 150; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> put();
                case 3, 4, 5 -> take();
                case 6, 7 -> settle(random);
                case 8 -> pass(random.nextLong(VISIBLE_AFTER));
                default -> takeDeadOrRestart(random);
            }
            Counts counts = Counts.decode(run.ask(QueueType.ID, QueueType.count()));
            assertThat(counts).isEqualTo(new Counts(ready.size(), taken.size(), dead.size()));
        }
    }

    private int size() {
        return ready.size() + taken.size() + dead.size();
    }

    private void put() {
        String value = "v" + ++puts;
        Answer answer = run.operate(
                session, QueueType.ID, QueueType.put(value.getBytes(StandardCharsets.UTF_8), CAPACITY, LIMIT));
        if (size() >= CAPACITY) {
            assertThat(answer.status()).isEqualTo(Answer.Status.REFUSED);
            assertThat(answer.words()).contains("capacity is 6");
        } else {
            long id = new ByteReader(answer.payload()).varlong();
            assertThat(id).isEqualTo(run.index());
            ready.put(id, new Thing(id, value));
        }
    }

    private void take() {
        Item item = Item.decode(run.done(session, QueueType.ID, QueueType.take(VISIBLE_AFTER)));
        if (ready.isEmpty()) {
            assertThat(item).isNull();
            return;
        }
        Thing first = ready.pollFirstEntry().getValue();
        assertThat(item).isNotNull();
        assertThat(item.id()).isEqualTo(first.id);
        assertThat(new String(item.value(), StandardCharsets.UTF_8)).isEqualTo(first.value);
        assertThat(item.deliveries()).isEqualTo(++first.deliveries);
        assertThat(item.receipt()).isGreaterThan(first.receipt);
        first.receipt = item.receipt();
        first.until = run.now() + VISIBLE_AFTER;
        taken.put(first.id, first);
        receipts.add(new long[] {item.id(), item.receipt()});
    }

    private void settle(SplittableRandom random) {
        if (receipts.isEmpty()) {
            return;
        }
        long[] receipt = receipts.get(random.nextInt(receipts.size()));
        Settlement settlement = Settlement.values()[random.nextInt(3)];
        byte[] answer = run.done(
                session, QueueType.ID, QueueType.settle(receipt[0], receipt[1], settlement, 2 * VISIBLE_AFTER));
        Thing thing = taken.get(receipt[0]);
        boolean holds = thing != null && thing.receipt == receipt[1];
        assertThat(answer[0] == 1).isEqualTo(holds);
        if (holds) {
            switch (settlement) {
                case DONE -> taken.remove(thing.id);
                case AGAIN -> back(thing);
                case LONGER -> thing.until = run.now() + 2 * VISIBLE_AFTER;
            }
        }
    }

    private void back(Thing thing) {
        taken.remove(thing.id);
        (thing.deliveries >= LIMIT ? dead : ready).put(thing.id, thing);
    }

    private void pass(long nanos) {
        run.pass(nanos);
        List.copyOf(taken.values()).stream()
                .filter(thing -> thing.until <= run.now())
                .forEach(this::back);
    }

    private void takeDeadOrRestart(SplittableRandom random) {
        if (random.nextBoolean()) {
            run.restart();
            return;
        }
        Item item = Item.decode(run.done(session, QueueType.ID, QueueType.takeDead()));
        assertThat(item == null).isEqualTo(dead.isEmpty());
        if (item != null) {
            assertThat(item.id()).isEqualTo(dead.pollFirstEntry().getKey());
        }
    }
}
