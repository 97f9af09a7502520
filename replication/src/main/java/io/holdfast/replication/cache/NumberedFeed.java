package io.holdfast.replication.cache;

import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Makes a {@link ChangeFeed} of messages that carry numbers and may be lost, late, doubled or reordered. The source numbers its messages 1, 2, 3 and so on, and can be asked for the number of the last. A
 * message that is missing when the source is asked for the second time after it was sent counts as lost: {@link ChangeListener#gap}. Safe for use by many threads.
 *
 * @param <K> the keys
 */
public final class NumberedFeed<K> implements ChangeFeed {
    /** So many messages may be ahead of a missing one; more of them are forgotten, which makes a gap of it. */
    static final int MAX_AHEAD = 1024;

    private final ChangeListener<K> listener;
    private final Supplier<CompletionStage<Long>> position;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeSet<Long> ahead = new TreeSet<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean begun;
    private long whole;
    private long questions;

    /** A question that was answered: all up to the position must come, or be missed when a question that was asked after this answer is answered. */
    private record Waiting(long position, long questions, CompletableFuture<Void> end) {}

    /** A question: its number, and what was whole when it was asked. */
    private record Question(long number, long whole) {}

    /**
     * Makes a feed that has not begun: it begins with the first answer of the source.
     *
     * @param listener hears of changes
     * @param position asks the source for the number of the last message that it had sent when it was asked, or later; 0 if none. It was sent before the change was acknowledged, and to this feed
     */
    public NumberedFeed(ChangeListener<K> listener, Supplier<CompletionStage<Long>> position) {
        this.listener = listener;
        this.position = position;
    }

    /**
     * A message came.
     *
     * @param number its number
     * @param key the key that was changed
     * @param revision the revision of the change
     */
    public void received(long number, K key, long revision) {
        listener.changed(key, revision); // before it counts: who waits for it goes on then
        end(locked(() -> {
            if (number > whole && ahead.size() < MAX_AHEAD) {
                ahead.add(number);
            }
            return advance();
        }));
    }

    @Override
    public CompletionStage<Void> settle() {
        Question question = locked(() -> new Question(++questions, whole));
        CompletableFuture<Void> end = new CompletableFuture<>();
        position.get().whenComplete((last, error) -> {
            if (error != null) {
                end.completeExceptionally(error);
            } else {
                answered(question, last, end);
            }
        });
        return end;
    }

    private void answered(Question question, long last, CompletableFuture<Void> end) {
        if (locked(() -> missed(question, last))) {
            listener.gap(); // before those who wait go on: what they ask for is of the time before
            end(locked(() -> restart(last)));
        }
        end(locked(() -> {
            waiting.add(new Waiting(last, questions, end));
            return advance();
        }));
    }

    private boolean missed(Question question, long last) {
        Waiting oldest = waiting.peek();
        boolean lost = oldest != null && oldest.questions < question.number;
        boolean sourceBeganAnew = last < question.whole;
        return !begun || lost || sourceBeganAnew;
    }

    /** Begins behind the last message that the source had sent. */
    private List<Waiting> restart(long last) {
        if (last < whole) {
            ahead.clear(); // numbers of a source that is no more; if new ones are among them the next question finds
            // them missing
        } else {
            ahead.headSet(last, true).clear();
        }
        begun = true;
        whole = last;
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private List<Waiting> advance() {
        while (begun && !ahead.isEmpty() && ahead.first() == whole + 1) {
            whole = ahead.first();
            ahead.remove(whole);
        }
        List<Waiting> reached =
                waiting.stream().filter(each -> each.position <= whole).toList();
        waiting.removeAll(reached);
        return reached;
    }

    private static void end(List<Waiting> reached) {
        reached.forEach(each -> each.end.complete(null));
    }

    private <T> T locked(Supplier<T> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }

    /** Does nothing: whoever receives the messages stops giving them. */
    @Override
    public void close() {}
}
