package io.holdfast.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A first-in-first-out queue; empty at first. Offer values that are different from each other: the search is then fast, because the order in which they were polled tells the
 * order in which they must have been offered. An offer that the queue refused because it was full is recorded as failed.
 */
public final class QueueModel implements Model<QueueModel.State, QueueModel.Input, QueueModel.Output> {
    /** What can be asked. */
    public sealed interface Input {}

    /**
     * Adds at the end.
     *
     * @param value the value
     */
    public record Offer(String value) implements Input {}

    /** Takes from the front, without waiting. */
    public record Poll() implements Input {}

    /** What can be answered. */
    public sealed interface Output {}

    /** The value is in the queue. */
    public record Offered() implements Output {}

    /**
     * The answer to a poll.
     *
     * @param value the value; null if the queue was empty
     */
    public record Polled(@Nullable String value) implements Output {}

    /**
     * The queue.
     *
     * @param waiting the values, the oldest first
     * @param offeredUpTo how many values, in the order in which they were polled, have all been offered
     * @param offeredBeyond the places in that order of further values that have been offered
     * @param unseen how many values have been offered that no acknowledged poll took
     */
    public record State(List<String> waiting, int offeredUpTo, Set<Integer> offeredBeyond, int unseen) {
        private State offer(String value, int place, boolean neverSeen) {
            List<String> longer = new ArrayList<>(waiting);
            longer.add(value);
            Set<Integer> beyond = new TreeSet<>(offeredBeyond);
            if (place >= 0) {
                beyond.add(place);
            }
            int upTo = offeredUpTo;
            while (beyond.remove(upTo)) {
                upTo++;
            }
            return new State(longer, upTo, beyond, neverSeen ? unseen + 1 : unseen);
        }

        private State poll() {
            return new State(new ArrayList<>(waiting.subList(1, waiting.size())), offeredUpTo, offeredBeyond, unseen);
        }
    }

    private final QueueForesight foresight;

    /** The model of one queue. */
    public QueueModel() {
        this(QueueForesight.NONE);
    }

    private QueueModel(QueueForesight foresight) {
        this.foresight = foresight;
    }

    @Override
    public QueueModel knowing(List<Operation<Input, Output>> operations) {
        return new QueueModel(QueueForesight.of(operations));
    }

    @Override
    public State initial() {
        return new State(List.of(), 0, Set.of(), 0);
    }

    @Override
    public Optional<State> step(State state, Input input, Output output) {
        if (input instanceof Offer offer && output instanceof Offered) {
            return offered(state, offer.value());
        }
        if (input instanceof Poll && output instanceof Polled polled) {
            if (polled.value() == null) {
                return state.waiting().isEmpty() ? Optional.of(state) : Optional.empty();
            }
            boolean first = !state.waiting().isEmpty() && state.waiting().get(0).equals(polled.value());
            return first ? Optional.of(state.poll()) : Optional.empty();
        }
        return Optional.empty();
    }

    private Optional<State> offered(State state, String value) {
        boolean inOrder =
                state.offeredUpTo() >= foresight.needs(value) && state.unseen() <= foresight.unseenAllowed(value);
        return inOrder
                ? Optional.of(state.offer(value, foresight.place(value), foresight.neverSeen(value)))
                : Optional.empty();
    }

    @Override
    public State effect(State state, Input input) {
        if (input instanceof Offer offer) {
            return foresight.neverSeen(offer.value())
                    ? state
                    : offered(state, offer.value()).orElse(state);
        }
        boolean polledByAnother = state.waiting().isEmpty()
                || foresight.mustBeSeen(state.waiting().get(0));
        return polledByAnother ? state : state.poll();
    }

    @Override
    public boolean looksOnly(Input input, Output output) {
        return output instanceof Polled polled && polled.value() == null;
    }
}
