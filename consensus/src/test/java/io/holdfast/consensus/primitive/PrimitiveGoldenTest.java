package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.primitive.QueueType.Settlement;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.PrimitiveType;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What stands in logs and snapshots for ever. If one of these fails, a build cannot read what another has written. */
class PrimitiveGoldenTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void typesKeepTheirNumbers() {
        assertThat(Consensus.types().stream()
                        .map(type -> type.id() + " " + type.name())
                        .collect(Collectors.joining(", ")))
                .isEqualTo(
                        "1 map, 2 counter, 3 ref, 4 lock, 5 read-write-lock, 6 semaphore, 7 election, 8 queue, 9 ids, "
                                + "10 latch, 11 barrier, 12 topic, 13 journal");
    }

    @Test
    void countersAndReferencesKeepTheirBytes() {
        assertThat(hex(CounterType.add(-3, -10, 300))).isEqualTo("01010513d804");
        assertThat(hex(CounterType.set(5))).isEqualTo("02010a");
        assertThat(hex(CounterType.compareAndSet(1, -1))).isEqualTo("03010201");
        assertThat(hex(CounterType.get())).isEqualTo("0401");
        assertThat(hex(RefType.set(new byte[] {7, 8}))).isEqualTo("010101020708");
        assertThat(hex(RefType.compareAndSet(null, new byte[] {7}))).isEqualTo("020100010107");
        assertThat(hex(RefType.get())).isEqualTo("0301");
    }

    @Test
    void permitsKeepTheirBytes() {
        assertThat(hex(new PermitType.Acquire(9, 2, 300, 1000, new byte[] {'n'}).encode()))
                .isEqualTo("01010902ac02e807016e");
        assertThat(hex(PermitType.release(9, true))).isEqualTo("02010901");
        assertThat(hex(PermitType.claim(300, 9))).isEqualTo("0301ac0209");
        assertThat(hex(PermitType.describe())).isEqualTo("0401");
        assertThat(hex(PermitType.eventKey(1, 2))).isEqualTo("00000000000000010000000000000002");
    }

    @Test
    void queuesAndTopicsKeepTheirBytes() {
        assertThat(hex(QueueType.put(new byte[] {7}, 300, 5))).isEqualTo("0101ac020507");
        assertThat(hex(QueueType.take(1000))).isEqualTo("0201e807");
        assertThat(hex(QueueType.settle(300, 4, Settlement.LONGER, 5))).isEqualTo("0301ac02040205");
        assertThat(hex(QueueType.takeDead())).isEqualTo("0401");
        assertThat(hex(QueueType.count())).isEqualTo("0501");
        assertThat(hex(TopicType.append(new byte[] {7}, 300))).isEqualTo("0101ac0207");
        assertThat(hex(TopicType.read(300, 10))).isEqualTo("0201ac020a");
    }

    @Test
    void idsLatchesAndBarriersKeepTheirBytes() {
        assertThat(hex(IdType.reserve(300))).isEqualTo("0101ac02");
        assertThat(hex(IdType.next())).isEqualTo("0201");
        assertThat(hex(LatchType.set(3))).isEqualTo("010103");
        assertThat(hex(LatchType.countDown())).isEqualTo("0201");
        assertThat(hex(LatchType.get())).isEqualTo("0301");
        assertThat(hex(BarrierType.enter(9, 3))).isEqualTo("01010903");
        assertThat(hex(BarrierType.leave(9))).isEqualTo("020109");
        assertThat(hex(BarrierType.stage(300, 9))).isEqualTo("0301ac0209");
        assertThat(hex(BarrierType.waiting())).isEqualTo("0401");
    }

    @Test
    void hostileBytesAreRefusedAndLeaveNothingBehind() {
        SplittableRandom random = new SplittableRandom(1);
        MachineRun run = new MachineRun();
        long session = run.open();
        for (PrimitiveType type : Consensus.types()) {
            for (int i = 0; i < 500; i++) {
                byte[] bytes = new byte[2 + random.nextInt(24)];
                random.nextBytes(bytes);
                bytes[0] = (byte) random.nextInt(type.traits().lastOpcode() + 1);
                bytes[1] = 1;
                assertThat(run.operate(session, type.id(), bytes).status())
                        .isIn(Answer.Status.OK, Answer.Status.REFUSED);
            }
        }
        run.close(session);
        run.restart();
    }
}
