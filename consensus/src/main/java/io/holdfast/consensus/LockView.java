package io.holdfast.consensus;

import io.holdfast.core.call.Waiting;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A {@link DistributedLock} as the JDK knows locks: its holders are threads of this node. The map has one entry a thread that holds it. */
final class LockView implements Lock {
    /** How often a thread holds a lease. Belongs to that thread. */
    private static final class Held {
        final Lease lease;
        int times = 1;

        Held(Lease lease) {
            this.lease = lease;
        }
    }

    private final DistributedLock lock;
    private final boolean reentrant;
    private final Map<Thread, Held> held = new ConcurrentHashMap<>();

    LockView(DistributedLock lock, boolean reentrant) {
        this.lock = lock;
        this.reentrant = reentrant;
    }

    /** Whether the running thread has it already, and has it once more now. */
    private boolean again() {
        Held mine = held.get(Thread.currentThread());
        if (mine == null) {
            return false;
        }
        if (!mine.lease.isHeld()) {
            // until it is given back, the group lets nobody in, this thread neither
            throw new IllegalMonitorStateException("this thread has lost lock " + lock.name()
                    + " and would wait for itself; unlock it, then acquire it again");
        }
        if (!reentrant) {
            throw new IllegalStateException("this thread holds lock " + lock.name()
                    + " already and would wait for itself; use asReentrantLock() if it may acquire it twice");
        }
        mine.times++;
        return true;
    }

    private boolean take(Optional<Lease> lease) {
        lease.ifPresent(found -> {
            found.interruptThisThread();
            held.put(Thread.currentThread(), new Held(found));
        });
        return lease.isPresent();
    }

    /** Waits until it has the lock, and restores an interrupt that came in the meantime, as the contract of {@link Lock#lock} wants it. */
    @Override
    public void lock() {
        if (again()) {
            return;
        }
        if (!take(Waiting.awaitUninterruptibly(() -> lock.tryLockAsync(Permits.FOREVER)))) {
            throw Waiting.tooLate(lock.name());
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        if (!again() && !take(await(Permits.FOREVER))) {
            throw Waiting.tooLate(lock.name());
        }
    }

    @Override
    public boolean tryLock() {
        return again() || take(Waiting.awaitUninterruptibly(lock::tryLockAsync));
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return again() || take(await(Duration.ofNanos(Math.max(0, unit.toNanos(time)))));
    }

    private Optional<Lease> await(Duration wait) throws InterruptedException {
        return Waiting.awaitInterruptibly(() -> lock.tryLockAsync(wait), Permits::giveBack);
    }

    @Override
    public void unlock() {
        @Nullable Held mine = held.get(Thread.currentThread());
        if (mine == null) {
            throw new IllegalMonitorStateException("this thread does not hold lock " + lock.name());
        }
        boolean lost = !mine.lease.isHeld();
        if (lost || --mine.times == 0) {
            held.remove(Thread.currentThread());
            mine.lease.close();
        }
        if (lost) {
            throw new IllegalMonitorStateException(
                    "this thread has lost lock " + lock.name()
                            + ": the group could not be reached for too long; what it did last may have met another holder, see Lease.token()");
        }
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException(
                "a distributed lock has no conditions; wait for an event of a map or a queue instead");
    }
}
