package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What was done by whom, and so what must come out: an oracle that knows dots and nothing of joins. */
final class Ledger {
    /** Something that was done, in one life of one node. */
    static final class Deed {
        final String node;
        final int life;
        final long interval;
        final Dot dot;
        final long amount;
        final String element;
        boolean saved;
        /** Its disk is gone: nobody is sure of it. */
        boolean wiped;

        Deed(String node, int life, long interval, Dot dot, long amount, String element) {
            this.node = node;
            this.life = life;
            this.interval = interval;
            this.dot = dot;
            this.amount = amount;
            this.element = element;
        }

        boolean isSure() {
            return saved && !wiped;
        }
    }

    final List<Deed> adds = new ArrayList<>(); // to the counter
    final List<Deed> made = new ArrayList<>(); // elements
    final List<Deed> gone = new ArrayList<>(); // elements

    void saved(String node, int life, long upTo) {
        each(deed -> {
            if (deed.node.equals(node) && deed.life == life && deed.interval <= upTo) {
                deed.saved = true;
            }
        });
    }

    /** A node runs anew with what its disk kept. What the disk lost nobody had seen: it never was, and its dots are free. */
    void restarted(SimCrdts node) {
        String name = node.host.id().value();
        CausalContext counted = seen(node, Kind.COUNTER, "count");
        CausalContext added = seen(node, Kind.SET, "unique");
        Set<String> elements = node.shelf.set("unique").elements();
        adds.removeIf(deed -> isLost(deed, name, counted.contains(deed.dot)));
        Set<String> known = new HashSet<>();
        made.forEach(deed -> {
            if (added.contains(deed.dot)) {
                known.add(deed.element);
            }
        });
        gone.removeIf(deed -> isLost(deed, name, known.contains(deed.element) && !elements.contains(deed.element)));
        made.removeIf(deed -> isLost(deed, name, added.contains(deed.dot)));
    }

    private static boolean isLost(Deed deed, String name, boolean kept) {
        if (!deed.node.equals(name) || deed.saved || deed.wiped) {
            return false;
        }
        deed.saved = kept;
        return !kept;
    }

    void wiped(String node) {
        each(deed -> deed.wiped |= deed.node.equals(node));
    }

    private void each(Consumer<Deed> action) {
        adds.forEach(action);
        made.forEach(action);
        gone.forEach(action);
    }

    /** Judges a state that all have come to. */
    void judge(SimCrdts one) {
        CausalContext counted = seen(one, Kind.COUNTER, "count");
        long expected = 0;
        for (Deed add : adds) {
            boolean in = counted.contains(add.dot);
            assertThat(in || !add.isSure())
                    .as("the increment %s of %s, which was saved, is counted", add.dot, add.node)
                    .isTrue();
            expected += in ? add.amount : 0;
        }
        assertThat(one.shelf.counter("count").value()).as("counter").isEqualTo(expected);
        Set<String> elements = one.shelf.set("unique").elements();
        CausalContext added = seen(one, Kind.SET, "unique");
        Set<String> surely = new HashSet<>();
        Set<String> perhaps = new HashSet<>();
        gone.forEach(deed -> (deed.isSure() ? surely : perhaps).add(deed.element));
        for (Deed add : made) {
            boolean in = added.contains(add.dot);
            assertThat(in || !add.isSure() || perhaps.contains(add.element) || surely.contains(add.element))
                    .as("element %s, whose addition was saved, was heard of", add.element)
                    .isTrue();
            if (surely.contains(add.element) || !in) {
                assertThat(elements).as("removed, or lost").doesNotContain(add.element);
            } else if (!perhaps.contains(add.element)) {
                assertThat(elements).as("added and never removed").contains(add.element);
            }
        }
        assertThat(made.stream().map(deed -> deed.element).toList()).containsAll(elements);
    }

    private static CausalContext seen(SimCrdts one, Kind kind, String name) {
        ObjectState state = one.replica.find(new ObjectId(kind, name));
        return state == null ? new CausalContext() : state.seen();
    }
}
