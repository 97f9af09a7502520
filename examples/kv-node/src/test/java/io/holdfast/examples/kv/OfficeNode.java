package io.holdfast.examples.kv;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.consensus.DistributedLock;
import io.holdfast.consensus.Lease;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.env.Environment;
import io.holdfast.service.LeaderOnly;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * A node that wants a lock and an office all the time, and does a leader-only job, and prints when it surely had them: at the time before the lease said that it is held, and for the job, whenever its
 * body ran, unless the JVM had stood still: what acts late after that can only be refused by its token. All JVMs of a machine have one monotonic clock, so the times of different nodes can be compared.
 */
final class OfficeNode {
    static final Duration TIME_TO_LIVE = Duration.ofSeconds(3);

    private static final long HELD_MILLIS = 150;
    private static final long LOOK_MILLIS = 5;

    /** A quarter of the session's time to live: as long as a body may take to stop. */
    private static final long STANDSTILL_NANOS = TIME_TO_LIVE.toNanos() / 4;

    private final Environment environment;

    private OfficeNode(Environment environment) {
        this.environment = environment;
    }

    /** Takes settings as {@code key=value}. */
    public static void main(String[] args) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        HoldfastNode node =
                Holdfast.run(Configuration.builder().settings(settings).build());
        OfficeNode self = new OfficeNode(Environment.system());
        self.environment.threads().start("locker", () -> self.lockForEver(node));
        node.consensus()
                .election("office")
                .lead(term -> self.hold("office", term.token(), now -> term.isHeld(), Long.MAX_VALUE));
        node.host(self);
        node.awaitShutdown();
    }

    @LeaderOnly(election = "job", every = "200ms")
    void work() throws InterruptedException {
        long[] before = {environment.clock().nanoTime()};
        hold(
                "job",
                CallContext.current().fencingToken().orElseThrow(),
                now -> {
                    boolean steady = now - before[0] < STANDSTILL_NANOS;
                    before[0] = now;
                    return steady;
                },
                HELD_MILLIS);
    }

    private void lockForEver(HoldfastNode node) {
        while (true) {
            try {
                DistributedLock lock = node.lock("lock");
                Optional<Lease> lease = lock.tryLock(Duration.ofSeconds(2));
                if (lease.isPresent()) {
                    Lease held = lease.get();
                    hold("lock", held.token(), now -> held.isHeld(), HELD_MILLIS);
                    lease.get().close();
                }
            } catch (HoldfastException | InterruptedException notNow) {
                Thread.interrupted(); // a lost lease interrupts; the next turn begins anew
            }
        }
    }

    /** Looks until it is no longer sure, or for a time, and prints from when to when it was. */
    private void hold(String what, long token, LongPredicate surely, long millis) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long first = 0;
        long last = 0;
        try {
            for (long looked = 0; looked < millis; looked += LOOK_MILLIS) {
                long now = environment.clock().nanoTime();
                if (!surely.test(now)) {
                    break;
                }
                first = first == 0 ? now : first;
                last = now;
                print(what, token, first, last, looked % 100 == 0);
                never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            print(what, token, first, last, true);
        }
    }

    /** A killed node cannot print how long it held a lease, so a node says it again and again. */
    private static void print(String what, long token, long first, long last, boolean now) {
        if (now && last != 0) {
            System.out.println("held " + what + " " + token + " " + first + " " + last);
        }
    }
}
