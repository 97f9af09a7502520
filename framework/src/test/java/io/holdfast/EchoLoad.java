package io.holdfast;

import io.holdfast.service.NonBlocking;
import io.holdfast.service.RemoteService;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls/s, p50 and CPU per call of a 100-byte record echo over loopback, both nodes in one JVM. A program, not a test: run it with the test class path.
 */
final class EchoLoad {
    record Echo(int id, String text) {}

    @RemoteService("echo")
    interface Echoes {
        Echo echo(Echo echo);

        CompletionStage<Echo> stage(Echo echo);

        CompletionStage<Echo> direct(Echo echo);
    }

    static final class EchoService implements Echoes {
        @Override
        public Echo echo(Echo echo) {
            return echo;
        }

        @Override
        public CompletionStage<Echo> stage(Echo echo) {
            return java.util.concurrent.CompletableFuture.completedFuture(echo);
        }

        @Override
        @NonBlocking
        public CompletionStage<Echo> direct(Echo echo) {
            return java.util.concurrent.CompletableFuture.completedFuture(echo);
        }
    }

    private static final Echo ECHO = new Echo(7, "x".repeat(90));

    private EchoLoad() {}

    public static void main(String[] args) throws Exception {
        try (HoldfastNode server = Holdfast.node("server").start().awaitReady(Duration.ofSeconds(5));
                HoldfastNode caller = Holdfast.node("caller")
                        .seeds(server.address().toString())
                        .start()
                        .awaitReady(Duration.ofSeconds(5))) {
            server.host(new EchoService());
            caller.services()
                    .awaitInstances(io.holdfast.core.ServiceName.of("echo"), 1, Duration.ofSeconds(5))
                    .toCompletableFuture()
                    .join();
            Echoes echoes = caller.client(Echoes.class);
            for (int round = 0; round < 2; round++) {
                for (int inFlight : new int[] {1, 32, 256}) {
                    staged("direct", inFlight, echoes, true);
                    staged("stage", inFlight, echoes, false);
                }
                blocking(1, echoes);
                blocking(32, echoes);
            }
        }
    }

    private static void staged(String name, int inFlight, Echoes echoes, boolean direct) throws Exception {
        int total = inFlight == 1 ? 60_000 : 600_000;
        AtomicLong left = new AtomicLong(total);
        CountDownLatch done = new CountDownLatch(inFlight);
        long[] nanos = new long[total];
        long cpu = cpu();
        long begin = System.nanoTime();
        for (int i = 0; i < inFlight; i++) {
            next(echoes, direct, left, done, nanos);
        }
        done.await();
        report(name, inFlight, total, nanos, System.nanoTime() - begin, cpu() - cpu);
    }

    private static void next(Echoes echoes, boolean direct, AtomicLong left, CountDownLatch done, long[] nanos) {
        long index = left.decrementAndGet();
        if (index < 0) {
            done.countDown();
            return;
        }
        long begin = System.nanoTime();
        (direct ? echoes.direct(ECHO) : echoes.stage(ECHO)).whenComplete((value, error) -> {
            if (error != null) {
                error.printStackTrace();
                Runtime.getRuntime().halt(1);
            }
            nanos[(int) index] = System.nanoTime() - begin;
            next(echoes, direct, left, done, nanos);
        });
    }

    private static void blocking(int threads, Echoes echoes) throws Exception {
        int each = threads == 1 ? 40_000 : 10_000;
        long[] nanos = new long[each * threads];
        long cpu = cpu();
        long begin = System.nanoTime();
        Thread[] all = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int offset = t * each;
            all[t] = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    long start = System.nanoTime();
                    echoes.echo(ECHO);
                    nanos[offset + i] = System.nanoTime() - start;
                }
            });
            all[t].start();
        }
        for (Thread thread : all) {
            thread.join();
        }
        report("blocking", threads, nanos.length, nanos, System.nanoTime() - begin, cpu() - cpu);
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void report(String name, int inFlight, int calls, long[] nanos, long wall, long cpu) {
        Arrays.sort(nanos);
        System.out.printf(
                "%-9s %4d in flight: %8.0f calls/s, p50 %6.1f us, p99 %7.1f us, CPU %5.2f us a call%n",
                name,
                inFlight,
                calls * 1e9 / wall,
                nanos[calls / 2] / 1e3,
                nanos[(int) (calls * 0.99)] / 1e3,
                cpu / 1e3 / calls);
    }
}
