package io.holdfast.benchmarks.consensus;

import com.sun.management.ThreadMXBean;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;

/** The state machine alone: one session's puts, in batches as a gateway sends them. It counts the thread's own processor time, so that other processes disturb it little. */
final class ApplyBenchmark {
    private static final long TICK_NANOS = 3_000_000;
    private static final long TTL_NANOS = 10_000_000_000L;

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final SplittableRandom random = new SplittableRandom(1);
    private final PrimitiveMachine machine = new PrimitiveMachine(List.of(new MapType()), StateLimits.standard());
    private final byte[][] batch;
    private final long session;
    private long sequence;
    private long index;
    private long now = TICK_NANOS;

    private ApplyBenchmark(int batchSize) {
        batch = new byte[batchSize][];
        session = Answer.decode(machine.apply(++index, now, new Command.Open(TTL_NANOS, "client").encode()))
                .revision();
    }

    /** See {@code benchmarks/run-apply --help}. */
    public static void main(String[] arguments) {
        Options options = Options.parse(
                "run-apply",
                arguments,
                new Option("batch", "256", "puts of a batch; the session acknowledges all of the one before"),
                new Option("puts", "400000", "puts of a round"),
                new Option("rounds", "10", "rounds; the first ones are the compiler's"));
        ApplyBenchmark benchmark = new ApplyBenchmark(options.number("batch"));
        for (int round = 1; round <= options.number("rounds"); round++) {
            benchmark.round(round, options.number("puts"));
        }
        System.out.println("state at the end: " + benchmark.machine.digest());
    }

    private void round(int number, int puts) {
        long cpu = 0;
        long bytes = 0;
        for (int done = 0; done < puts; done += batch.length) {
            prepare();
            long cpuBefore = thread.getCurrentThreadCpuTime();
            long bytesBefore = thread.getCurrentThreadAllocatedBytes();
            apply();
            cpu += thread.getCurrentThreadCpuTime() - cpuBefore;
            bytes += thread.getCurrentThreadAllocatedBytes() - bytesBefore;
        }
        System.out.printf("round %d: %d ns and %d bytes a put%n", number, cpu / puts, bytes / puts);
    }

    private void prepare() {
        long acknowledged = sequence;
        for (int i = 0; i < batch.length; i++) {
            int key = random.nextInt(Keys.COUNT);
            byte[] operation = MapType.write(MapCondition.ALWAYS, MapChange.put(Keys.key(key), Keys.value(i)));
            batch[i] = new Command.Operate(session, ++sequence, acknowledged, MapType.ID, "bench", operation).encode();
        }
        now += TICK_NANOS;
    }

    private void apply() {
        for (byte[] command : batch) {
            if (machine.apply(++index, now, command)[0] != 0) {
                throw new IllegalStateException("a put was refused");
            }
        }
    }
}
