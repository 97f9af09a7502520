package io.holdfast.core.env;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** The real load, from the platform's management beans. For use by one thread at a time. */
final class SystemLoad implements ProcessLoad {
    private final MonotonicClock clock;
    private long readNanos;
    private long usedNanos = -1;

    SystemLoad(MonotonicClock clock) {
        this.clock = clock;
    }

    /** Counted from processor time and not taken from getProcessCpuLoad, which relates to the processors of the machine and not to those of the container. */
    @Override
    public double cpu() {
        if (!(ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system)) {
            return 0;
        }
        long used = system.getProcessCpuTime();
        long now = clock.nanoTime();
        long elapsed = now - readNanos;
        double share = usedNanos < 0 || used < 0 || elapsed <= 0
                ? 0
                : (double) (used - usedNanos) / elapsed / Runtime.getRuntime().availableProcessors();
        usedNanos = used;
        readNanos = now;
        return Math.min(1, Math.max(0, share));
    }

    @Override
    public double heap() {
        long left = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            left += usage == null ? 0 : usage.getUsed();
        }
        return Math.min(1, (double) left / Runtime.getRuntime().maxMemory());
    }
}
