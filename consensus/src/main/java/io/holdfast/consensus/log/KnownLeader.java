package io.holdfast.consensus.log;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.env.Registration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who leads, from this node's replica and from what others say. */
final class KnownLeader implements Leadership {
    private static final Logger log = LoggerFactory.getLogger(KnownLeader.class);
    private static final int MAX_NEWS = 1024;

    private final NodeId self;
    private final Executor listenerThread;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<News> news = new ArrayDeque<>();
    private volatile Term current = new Term(Optional.empty(), Epoch.ZERO);
    private volatile Runnable onChange = () -> {};
    private boolean telling;

    private record Listener(Consumer<Term> consumer, AtomicBoolean ended) {
        /** One that fails must not keep the news from the others, nor the next news from all. */
        void hear(Term term) {
            if (!ended.get()) {
                try {
                    consumer.accept(term);
                } catch (RuntimeException e) {
                    log.error("a listener of the leadership failed at {}; it is told of the next term again", term, e);
                }
            }
        }
    }

    private record News(Term term, List<Listener> to) {}

    /**
     * Nobody is known yet.
     *
     * @param self this node
     * @param listenerThread one thread
     */
    KnownLeader(NodeId self, Executor listenerThread) {
        this.self = self;
        this.listenerThread = listenerThread;
    }

    void onChange(Runnable listener) {
        onChange = listener;
    }

    @Override
    public Term current() {
        return current;
    }

    @Override
    public boolean isLeader() {
        return current.leader().filter(self::equals).isPresent();
    }

    @Override
    public Registration listen(Consumer<Term> consumer) {
        Listener listener = new Listener(consumer, new AtomicBoolean());
        synchronized (this) {
            listeners.add(listener);
            tell(new News(current, List.of(listener)));
        }
        return () -> {
            listener.ended().set(true);
            listeners.remove(listener);
        };
    }

    /** What this node's replica knows; in its own term it knows best. */
    void learn(Term term) {
        synchronized (this) {
            if (term.epoch().compareTo(current.epoch()) < 0 || term.equals(current)) {
                return;
            }
            current = term;
            tell(new News(term, List.copyOf(listeners)));
        }
        onChange.run();
    }

    /** What another node says: it counts if it is newer, or fills a gap. */
    void hint(Term term) {
        int order = term.epoch().compareTo(current.epoch());
        boolean fills =
                order == 0 && current.leader().isEmpty() && term.leader().isPresent();
        if (order > 0 || fills) {
            learn(term);
        }
    }

    /** The leader of this term does not lead, or cannot be reached; true if that was what this node believed. */
    void forget(Term term) {
        boolean same;
        synchronized (this) {
            same = term.equals(current) && term.leader().isPresent();
        }
        if (same) {
            learn(new Term(Optional.empty(), term.epoch()));
        }
    }

    /** Listeners that lag far behind miss terms between, never the latest. */
    private void tell(News item) {
        if (news.size() >= MAX_NEWS) {
            news.poll();
        }
        news.add(item);
        if (!telling) {
            telling = true;
            listenerThread.execute(this::tellAll);
        }
    }

    private void tellAll() {
        while (true) {
            News next;
            synchronized (this) {
                next = news.poll();
                if (next == null) {
                    telling = false;
                    return;
                }
            }
            next.to().forEach(listener -> listener.hear(next.term()));
        }
    }
}
