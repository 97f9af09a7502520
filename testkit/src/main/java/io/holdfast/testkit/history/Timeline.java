package io.holdfast.testkit.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The operations on one object, laid out for the search: the acknowledged ones by their ends, the unknown ones by their beginnings. At the end of acknowledged operation p all
 * operations in {@code open[p]} have begun and not ended; p itself comes first.
 */
final class Timeline<I, O> {
    final List<Operation<I, O>> known = new ArrayList<>();
    final List<O> outputs = new ArrayList<>();
    final List<Operation<I, O>> unknown = new ArrayList<>();
    final int[][] open;
    /** A small number for each acknowledged operation, its own as long as it is open. */
    final int[] slot;
    /** How many unknown operations have begun before the end of each acknowledged one. */
    final int[] available;
    /** The previous unknown operation with the same input, or -1: they stand in for each other, so the earlier one goes first. */
    final int[] twin;

    Timeline(List<Operation<I, O>> operations) {
        List<Operation<I, O>> byEnd = new ArrayList<>(operations);
        byEnd.sort(Comparator.comparingLong(Operation::returned));
        for (Operation<I, O> operation : byEnd) {
            if (operation.outcome() instanceof Outcome.Ok<O> ok) {
                known.add(operation);
                outputs.add(ok.output());
            } else if (operation.outcome() instanceof Outcome.Unknown) {
                unknown.add(operation);
            }
        }
        unknown.sort(Comparator.comparingLong(Operation::invoked));
        open = new int[known.size()][];
        slot = new int[known.size()];
        available = new int[known.size()];
        twin = twins();
        layOut();
    }

    private int[] twins() {
        int[] twins = new int[unknown.size()];
        Map<I, Integer> latest = new HashMap<>();
        for (int i = 0; i < twins.length; i++) {
            Integer earlier = latest.put(unknown.get(i).input(), i);
            twins[i] = earlier == null ? -1 : earlier;
        }
        return twins;
    }

    private void layOut() {
        List<Integer> byBeginning = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            byBeginning.add(i);
        }
        byBeginning.sort(Comparator.comparingLong(i -> known.get(i).invoked()));
        TreeSet<Integer> active = new TreeSet<>();
        BitSet taken = new BitSet();
        int begun = 0;
        int begunUnknown = 0;
        for (int p = 0; p < known.size(); p++) {
            long end = known.get(p).returned();
            while (begun < known.size() && known.get(byBeginning.get(begun)).invoked() < end) {
                int operation = byBeginning.get(begun++);
                active.add(operation);
                slot[operation] = taken.nextClearBit(0);
                taken.set(slot[operation]);
            }
            while (begunUnknown < unknown.size() && unknown.get(begunUnknown).invoked() < end) {
                begunUnknown++;
            }
            open[p] = active.stream().mapToInt(Integer::intValue).toArray();
            available[p] = begunUnknown;
            active.remove(p);
            taken.clear(slot[p]);
        }
    }
}
