package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Load by hand: {@code server} prints its address and echoes; {@code client ADDRESS IN_FLIGHT SECONDS} calls and prints calls/s, p50, p99 and the CPU of both processes for
 * each call. Closed loop: each answer starts the next call on the I/O thread. Run it with the test class path.
 */
final class TransportEcho {
    private static final Environment ENVIRONMENT = Environment.system();

    public static void main(String[] args) throws Exception {
        NettyTransport transport = NettyTransport.start(
                TransportIdentity.of(args[0], "echo"),
                TransportConfig.local().withThreads(1),
                ENVIRONMENT,
                new SimpleMeterRegistry());
        if (args[0].equals("server")) {
            transport.serve(
                    "echo", exchange -> exchange.reply(exchange.request().payload()));
            transport.serve(
                    "cpu", exchange -> exchange.reply(Long.toString(cpuNanos()).getBytes(StandardCharsets.UTF_8)));
            System.out.println(transport.address());
            new CompletableFuture<Void>().join();
        }
        Address to = Address.parse(args[1]);
        int seconds = Integer.parseInt(args[3]);
        for (String inFlight : args[2].split(",")) {
            new Load(transport, to, Integer.parseInt(inFlight)).run(Duration.ofSeconds(seconds));
            new Load(transport, to, Integer.parseInt(inFlight)).run(Duration.ofSeconds(seconds));
        }
        transport.close();
    }

    static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static final class Load {
        private static final int SAMPLES = 1 << 22;
        private final NettyTransport transport;
        private final Address to;
        private final int inFlight;
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicLong calls = new AtomicLong();
        private final long[] latencies = new long[SAMPLES];
        private final byte[] payload = new byte[100];

        Load(NettyTransport transport, Address to, int inFlight) {
            this.transport = transport;
            this.to = to;
            this.inFlight = inFlight;
        }

        void run(Duration limit) {
            long serverBefore = serverCpu();
            long before = cpuNanos();
            long start = now();
            CompletableFuture<?>[] lanes = new CompletableFuture<?>[inFlight];
            for (int i = 0; i < inFlight; i++) {
                CompletableFuture<Void> done = new CompletableFuture<>();
                lanes[i] = done;
                call(done);
            }
            ENVIRONMENT.scheduler().schedule(limit, () -> stop.set(true));
            CompletableFuture.allOf(lanes).join();
            long nanos = now() - start;
            long count = calls.get();
            long cpu = cpuNanos() - before;
            long serverCpu = serverCpu() - serverBefore;
            int samples = (int) Math.min(count, SAMPLES);
            Arrays.sort(latencies, 0, samples);
            System.out.printf(
                    "%4d in flight: %,9d calls/s  p50 %6.1f us  p99 %7.1f us  CPU a call %5.2f us (client %.2f, server %.2f)%n",
                    inFlight,
                    count * 1_000_000_000L / nanos,
                    latencies[samples / 2] / 1e3,
                    latencies[(int) (samples * 0.99)] / 1e3,
                    (cpu + serverCpu) / 1e3 / count,
                    cpu / 1e3 / count,
                    serverCpu / 1e3 / count);
        }

        private void call(CompletableFuture<Void> done) {
            long began = now();
            CallContext context = CallContext.EMPTY.withDeadline(new Deadline(began + 5_000_000_000L));
            transport
                    .request(to, new Message("echo", context, payload, Lane.CALL))
                    .whenComplete((answer, error) -> {
                        if (error != null) {
                            done.completeExceptionally(error);
                            return;
                        }
                        latencies[(int) (calls.getAndIncrement() & (SAMPLES - 1))] = now() - began;
                        if (stop.get()) {
                            done.complete(null);
                        } else {
                            call(done);
                        }
                    });
        }

        private long serverCpu() {
            return Long.parseLong(new String(
                    transport
                            .request(to, new Message("cpu", CallContext.EMPTY, payload, Lane.CALL))
                            .join(),
                    StandardCharsets.UTF_8));
        }

        private static long now() {
            return ENVIRONMENT.clock().nanoTime();
        }
    }
}
