package io.holdfast.transport.netty;

import io.holdfast.core.env.IoThread;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;

/** Makes the I/O threads: of Netty's own kind, which its buffer caches need, and marked. Safe for use by many threads. */
final class IoThreads extends DefaultThreadFactory {
    IoThreads(String name) {
        super(name, true);
    }

    @Override
    protected Thread newThread(Runnable task, String name) {
        return new Marked(threadGroup, task, name);
    }

    private static final class Marked extends FastThreadLocalThread implements IoThread {
        Marked(ThreadGroup group, Runnable task, String name) {
            super(group, task, name);
        }
    }
}
