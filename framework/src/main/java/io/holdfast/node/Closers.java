package io.holdfast.node;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was started, to be closed in the opposite order, also when a later start fails. For use by one thread at a time. */
final class Closers {
    private static final Logger log = LoggerFactory.getLogger(Closers.class);

    private record Part(String name, AutoCloseable part) {}

    private final Deque<Part> started = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(String name, T part) {
        started.push(new Part(name, part));
        return part;
    }

    synchronized void closeAll() {
        while (!started.isEmpty()) {
            Part next = started.pop();
            try {
                next.part().close();
            } catch (Exception e) {
                log.warn("closing the {} failed; the rest is closed all the same", next.name(), e);
            }
        }
    }
}
