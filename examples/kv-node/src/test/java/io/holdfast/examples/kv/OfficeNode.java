package io.holdfast.examples.kv;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.consensus.DistributedLock;
import io.holdfast.consensus.Lease;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A node that wants a lock and an office all the time, and prints when it surely had them: at the time before the lease said that it is held. All JVMs of a machine have one monotonic clock, so the
 * times of different nodes can be compared.
 */
final class OfficeNode {
    private static final long HELD_MILLIS = 150;
    private static final long LOOK_MILLIS = 5;

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
        node.consensus().election("office").lead(term -> self.hold("office", term, Long.MAX_VALUE));
        node.awaitShutdown();
    }

    private void lockForEver(HoldfastNode node) {
        while (true) {
            try {
                DistributedLock lock = node.lock("lock");
                Optional<Lease> lease = lock.tryLock(Duration.ofSeconds(2));
                if (lease.isPresent()) {
                    hold("lock", lease.get(), HELD_MILLIS);
                    lease.get().close();
                }
            } catch (HoldfastException | InterruptedException notNow) {
                Thread.interrupted(); // a lost lease interrupts; the next turn begins anew
            }
        }
    }

    /** Watches a lease until it is lost, or for a time, and prints from when to when it was surely held. */
    private void hold(String what, Lease lease, long millis) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long first = 0;
        long last = 0;
        try {
            for (long looked = 0; looked < millis; looked += LOOK_MILLIS) {
                long now = environment.clock().nanoTime();
                if (!lease.isHeld()) {
                    break;
                }
                first = first == 0 ? now : first;
                last = now;
                print(what, lease, first, last, looked % 100 == 0);
                never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            print(what, lease, first, last, true);
        }
    }

    /** A killed node cannot print how long it held a lease, so a node says it again and again. */
    private static void print(String what, Lease lease, long first, long last, boolean now) {
        if (now && last != 0) {
            System.out.println("held " + what + " " + lease.token() + " " + first + " " + last);
        }
    }
}
