package io.holdfast.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The search for a linearization of the operations on one object: depth first, just in time, with a memory of where it has been (Lowe 2016, sections 3 and 4).
 *
 * <p>It walks along the ends of the acknowledged operations. At each end that operation must have taken effect: it goes first, then each other open one is tried before it, and
 * only then an operation of unknown outcome. What keeps the search small, none of which loses a linearization:
 * <ul>
 * <li>An open operation that fits and only looks is done at once: no other operation can notice.
 * <li>A place is left if it was reached before with the same open operations done, in the same state and with no more unknown operations used up.
 * <li>An unknown operation is done only right before one that needs it: if the next operation could have gone first, that order is tried elsewhere.
 * <li>Of unknown operations with the same input the earliest goes first.
 * </ul>
 * For one thread.
 */
final class Search<S, I, O> {
    private static final int MAX_STUCK = 3;

    private final Model<S, I, O> model;
    private final Timeline<I, O> time;
    private final long budget;
    private final boolean[] looksOnly;
    private final Map<Place<S>, List<BitSet>> visited = new HashMap<>();
    private final Deque<Node<S>> path = new ArrayDeque<>();
    private final List<Node<S>> stuck = new ArrayList<>();
    private int farthest = -1;
    private long configurations;

    /** Where the search is: the position, the open operations that are done, the state, and the unknown operation that was done last and still has to prove its worth. */
    private record Place<S>(
            int position, BitSet done, S state, @Nullable Unproven<S> unproven) {}

    /** An unknown operation that was just done, and the state before it. */
    private record Unproven<S>(S before, int operation) {}

    private static final class Node<S> {
        final @Nullable Node<S> parent;
        final Place<S> place;
        final BitSet used;
        final @Nullable Operation<?, ?> operation;
        int next;

        Node(@Nullable Node<S> parent, Place<S> place, BitSet used, @Nullable Operation<?, ?> operation) {
            this.parent = parent;
            this.place = place;
            this.used = used;
            this.operation = operation;
        }
    }

    Search(Model<S, I, O> model, List<Operation<I, O>> operations, long budget) {
        this.model = model.knowing(operations.stream()
                .filter(operation -> !(operation.outcome() instanceof Outcome.Failed))
                .toList());
        this.time = new Timeline<>(operations);
        this.budget = budget;
        this.looksOnly = new boolean[time.known.size()];
        for (int i = 0; i < looksOnly.length; i++) {
            looksOnly[i] = model.looksOnly(time.known.get(i).input(), time.outputs.get(i));
        }
    }

    Verdict.Status run() {
        enter(null, 0, new BitSet(), new BitSet(), model.initial(), null, null);
        while (!path.isEmpty() && farthest < time.known.size()) {
            if (configurations > budget) {
                return Verdict.Status.UNDECIDED;
            }
            Node<S> node = path.getLast();
            if (node.next < time.open[node.place.position()].length) {
                tryKnown(node, time.open[node.place.position()][node.next++]);
            } else if (node.next - time.open[node.place.position()].length < time.available[node.place.position()]) {
                tryUnknown(node, node.next++ - time.open[node.place.position()].length);
            } else {
                path.removeLast();
            }
        }
        return farthest == time.known.size() ? Verdict.Status.VALID : Verdict.Status.INVALID;
    }

    private void tryKnown(Node<S> node, int operation) {
        Place<S> here = node.place;
        if (here.done().get(time.slot[operation])) {
            return;
        }
        Optional<S> after = step(here.state(), operation);
        if (after.isEmpty()) {
            return;
        }
        Unproven<S> unproven = here.unproven();
        if (unproven != null && couldGoFirst(unproven, operation, after.get())) {
            return;
        }
        BitSet done = (BitSet) here.done().clone();
        done.set(time.slot[operation]);
        enter(node, here.position(), done, node.used, after.get(), null, time.known.get(operation));
    }

    private Optional<S> step(S state, int operation) {
        return model.step(state, time.known.get(operation).input(), time.outputs.get(operation));
    }

    private boolean couldGoFirst(Unproven<S> unproven, int operation, S after) {
        Optional<S> without = step(unproven.before(), operation);
        return without.isPresent()
                && (without.get().equals(after)
                        || effect(without.get(), unproven.operation()).equals(after));
    }

    private S effect(S state, int unknown) {
        return model.effect(state, time.unknown.get(unknown).input());
    }

    private void tryUnknown(Node<S> node, int unknown) {
        Place<S> here = node.place;
        int twin = time.twin[unknown];
        if (node.used.get(unknown) || (twin >= 0 && !node.used.get(twin))) {
            return;
        }
        S after = effect(here.state(), unknown);
        if (after.equals(here.state())) {
            return;
        }
        Unproven<S> last = here.unproven();
        if (last != null) {
            S without = effect(last.before(), unknown);
            boolean swaps = effect(without, last.operation()).equals(after);
            if (without.equals(after) || (swaps && unknown < last.operation())) {
                return;
            }
        }
        BitSet used = (BitSet) node.used.clone();
        used.set(unknown);
        Unproven<S> unproven = new Unproven<>(here.state(), unknown);
        enter(node, here.position(), here.done(), used, after, unproven, time.unknown.get(unknown));
    }

    /** Does what can be done without a choice, then goes on from there unless that place is known. */
    private void enter(
            @Nullable Node<S> parent,
            int from,
            BitSet doneBefore,
            BitSet used,
            S state,
            @Nullable Unproven<S> unprovenBefore,
            @Nullable Operation<?, ?> operation) {
        BitSet done = (BitSet) doneBefore.clone();
        Unproven<S> unproven = unprovenBefore;
        int position = from;
        while (position < time.known.size()) {
            if (absorb(position, done, state)) {
                unproven = null; // it did not fit before the unknown operation, so that one was needed
            }
            int slot = time.slot[position];
            if (!done.get(slot)) {
                break;
            }
            done.clear(slot);
            position++;
        }
        configurations++;
        Place<S> place = new Place<>(position, done, state, unproven);
        Node<S> node = new Node<>(parent, place, used, operation);
        if (position > farthest) {
            farthest = position;
            stuck.clear();
        }
        if (isNew(place, used)) {
            path.addLast(node);
            if (position == farthest && stuck.size() < MAX_STUCK) {
                stuck.add(node);
            }
        }
    }

    private boolean absorb(int position, BitSet done, S state) {
        boolean any = false;
        for (int operation : time.open[position]) {
            int slot = time.slot[operation];
            if (!done.get(slot)
                    && looksOnly[operation]
                    && step(state, operation).filter(state::equals).isPresent()) {
                done.set(slot);
                any = true;
            }
        }
        return any;
    }

    private boolean isNew(Place<S> place, BitSet used) {
        if (place.unproven() != null) {
            Place<S> proven = new Place<>(place.position(), place.done(), place.state(), null);
            if (covered(visited.get(proven), used)) {
                return false;
            }
        }
        List<BitSet> here = visited.computeIfAbsent(place, key -> new ArrayList<>(1));
        if (covered(here, used)) {
            return false;
        }
        here.removeIf(larger -> contains(larger, used));
        here.add(used);
        return true;
    }

    private static boolean covered(@Nullable List<BitSet> before, BitSet used) {
        return before != null && before.stream().anyMatch(smaller -> contains(used, smaller));
    }

    private static boolean contains(BitSet larger, BitSet smaller) {
        if (smaller.isEmpty()) {
            return true;
        }
        BitSet rest = (BitSet) smaller.clone();
        rest.andNot(larger);
        return rest.isEmpty();
    }

    long configurations() {
        return configurations;
    }

    /** Tells a person where no way led on: the first end of an operation before which the history can no longer be explained. */
    Explanation<S> explanation() {
        int position = Math.min(farthest, time.known.size() - 1);
        List<Operation<?, ?>> open = new ArrayList<>();
        for (int operation : time.open[position]) {
            open.add(time.known.get(operation));
        }
        List<Operation<?, ?>> unknown = new ArrayList<>(time.unknown.subList(0, time.available[position]));
        List<Attempt<S>> attempts = stuck.stream().map(this::attempt).toList();
        return new Explanation<>(position, open, unknown, attempts);
    }

    private Attempt<S> attempt(Node<S> end) {
        List<Operation<?, ?>> latest = new ArrayList<>();
        for (Node<S> node = end; node != null && latest.size() < 6; node = node.parent) {
            if (node.operation != null) {
                latest.add(0, node.operation);
            }
        }
        List<Operation<?, ?>> undone = new ArrayList<>();
        for (int operation : time.open[end.place.position()]) {
            if (!end.place.done().get(time.slot[operation])) {
                undone.add(time.known.get(operation));
            }
        }
        return new Attempt<>(end.place.state(), latest, undone);
    }

    /** A way that ended: the state, the latest operations with an effect, and the open operations that were not done. */
    record Attempt<S>(S state, List<Operation<?, ?>> latest, List<Operation<?, ?>> undone) {}

    /** Why there is no linearization: how many operations ended before, the operations that were open, the unknown ones, and the ways that were tried. */
    record Explanation<S>(
            int explained, List<Operation<?, ?>> open, List<Operation<?, ?>> unknown, List<Attempt<S>> attempts) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            text.append(explained).append(" operations that ended before can be explained; this one cannot:\n  ");
            text.append(open.get(0)).append('\n');
            list(text, "open at its end", open.subList(1, open.size()));
            list(
                    text,
                    "unknown, begun before its end",
                    unknown.subList(Math.max(0, unknown.size() - 6), unknown.size()));
            for (Attempt<S> attempt : attempts) {
                text.append("tried: state ").append(attempt.state()).append('\n');
                list(text, "  after (latest operations with an effect)", attempt.latest());
                list(text, "  not possible in that state", attempt.undone());
            }
            return text.toString();
        }

        private static void list(StringBuilder text, String title, List<Operation<?, ?>> operations) {
            if (!operations.isEmpty()) {
                text.append(title).append(":\n");
                operations.forEach(
                        operation -> text.append("    ").append(operation).append('\n'));
            }
        }
    }
}
