package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.netty.NettyTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Appends on three replicas over loopback and prints what it took. Arguments: directory, seconds a cell, nodes as {@code a=port,b=port,c=port}, those of this process as
 * {@code a,b,c}. The process whose replica leads measures; the others end when their standard input does.
 */
final class AppendBench {
    private static final class Nothing implements EntryApplier {
        @Override
        public byte[] apply(long index, byte[] entry) {
            return new byte[8];
        }

        @Override
        public ReplicatedLog.Capture capture() {
            return new ReplicatedLog.Capture() {
                @Override
                public void writeTo(java.io.OutputStream out) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void restore(long index, InputStream snapshot) {}
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int seconds = Integer.parseInt(arguments[1]);
        Map<NodeId, Address> nodes = new LinkedHashMap<>();
        for (String node : arguments[2].split(",")) {
            String[] parts = node.split("=");
            nodes.put(NodeId.of(parts[0]), Address.of("127.0.0.1", Integer.parseInt(parts[1])));
        }
        List<PeerId> founders =
                nodes.keySet().stream().map(n -> new PeerId(n, 0)).toList();
        Environment environment = Environment.system();
        List<RaftReplica> replicas = Arrays.stream(arguments[3].split(","))
                .map(name -> open(environment, directory, nodes, founders, NodeId.of(name)))
                .toList();
        while (true) {
            for (RaftReplica replica : replicas) {
                if (replica.status().ready()) {
                    measure(environment, replica, seconds);
                    System.exit(0);
                }
            }
            if (System.in.available() > 0 && System.in.read() < 0) {
                System.exit(0);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    private static RaftReplica open(
            Environment environment, Path directory, Map<NodeId, Address> nodes, List<PeerId> founders, NodeId self) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Address address = nodes.get(self);
        NettyTransport transport = NettyTransport.start(
                TransportIdentity.of(self.value(), "bench"),
                TransportConfig.local().withThreads(1).withBind(address),
                environment,
                meters);
        Telemetry telemetry = new Telemetry(
                meters,
                OpenTelemetry.noop().getTracer("bench"),
                new HealthChecks(),
                new FlightRecorder(environment.wallClock(), 100));
        return RatisEngine.start(
                        self,
                        transport,
                        id -> Optional.ofNullable(nodes.get(id)),
                        RaftConfig.lan(),
                        environment,
                        telemetry,
                        directory.resolve(self.value()))
                .open(GroupId.of("bench"), new PeerId(self, 0), new Opening.Found(founders), new Nothing());
    }

    private static void measure(Environment environment, RaftReplica leader, int seconds) throws Exception {
        cell(environment, leader, 1, 116, seconds, "warm-up");
        Map<Long, Long> before = threads();
        cell(environment, leader, 1, 116, seconds, "one small");
        if (System.getenv("THREADS") != null) {
            print(before, threads());
        }
        cell(environment, leader, 2, 116, seconds, "two small");
        cell(environment, leader, 1, 100_000, seconds, "one of 100 KB");
        cell(environment, leader, 2, 100_000, seconds, "two of 100 KB");
        cell(environment, leader, 64, 116, seconds, "64 small");
    }

    private static void cell(Environment environment, RaftReplica leader, int open, int size, int seconds, String name)
            throws Exception {
        long[] took = new long[4_000_000];
        int[] count = {0};
        int[] failed = {0};
        Semaphore permits = new Semaphore(open);
        long cpu = cpu();
        long start = environment.clock().nanoTime();
        long end = start + seconds * 1_000_000_000L;
        while (environment.clock().nanoTime() < end) {
            permits.acquire();
            long sent = environment.clock().nanoTime();
            leader.append(new byte[size]).whenComplete((result, failure) -> {
                synchronized (count) {
                    if (failure == null) {
                        took[count[0]++] = environment.clock().nanoTime() - sent;
                    } else {
                        failed[0]++;
                    }
                }
                permits.release();
            });
        }
        permits.acquire(open);
        long elapsed = environment.clock().nanoTime() - start;
        long[] sorted = Arrays.copyOf(took, count[0]);
        Arrays.sort(sorted);
        System.out.printf(
                "%-14s %6d/s  p50 %.2f ms  p99 %.2f ms  max %.1f ms  failed %d  process CPU %d us an entry%n",
                name,
                count[0] * 1_000_000_000L / elapsed,
                sorted[count[0] / 2] / 1e6,
                sorted[count[0] * 99 / 100] / 1e6,
                sorted[count[0] - 1] / 1e6,
                failed[0],
                (cpu() - cpu) / 1000 / Math.max(1, count[0]));
    }

    private static Map<Long, Long> threads() {
        Map<Long, Long> cpu = new LinkedHashMap<>();
        var bean = ManagementFactory.getThreadMXBean();
        for (long id : bean.getAllThreadIds()) {
            cpu.put(id, bean.getThreadCpuTime(id));
        }
        return cpu;
    }

    private static void print(Map<Long, Long> before, Map<Long, Long> after) {
        var bean = ManagementFactory.getThreadMXBean();
        after.entrySet().stream()
                .sorted(java.util.Comparator.comparingLong(
                        (Map.Entry<Long, Long> e) -> before.getOrDefault(e.getKey(), 0L) - e.getValue()))
                .limit(30)
                .forEach(e -> System.out.printf(
                        "   %6d ms %s%n",
                        (e.getValue() - before.getOrDefault(e.getKey(), 0L)) / 1_000_000,
                        bean.getThreadInfo(e.getKey()) == null
                                ? "ended"
                                : bean.getThreadInfo(e.getKey()).getThreadName()));
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private AppendBench() {}
}
