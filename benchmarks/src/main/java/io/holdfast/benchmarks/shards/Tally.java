package io.holdfast.benchmarks.shards;

import io.holdfast.entity.ShardedEntity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** An entity that remembers exactly which numbers it was given. */
@ShardedEntity(Tally.KIND)
public interface Tally {
    /** What names the kind. */
    String KIND = "tally";

    /**
     * What it was given.
     *
     * @param last the highest number
     * @param missing the numbers below it that it was not given
     * @param doubled how many numbers it was given again
     */
    record Sum(long last, List<Long> missing, long doubled) {
        static final Sum ZERO = new Sum(0, List.of(), 0);

        /** How many numbers there are. */
        long count() {
            return last - missing.size();
        }

        Sum with(long number) {
            if (number > last) {
                if (number == last + 1) {
                    return new Sum(number, missing, doubled);
                }
                List<Long> holes = new ArrayList<>(missing);
                for (long between = last + 1; between < number; between++) {
                    holes.add(between);
                }
                return new Sum(number, holes, doubled);
            }
            List<Long> holes = new ArrayList<>(missing);
            boolean first = holes.remove(Long.valueOf(number));
            return new Sum(last, holes, doubled + (first ? 0 : 1));
        }
    }

    /**
     * Gives it a number; each number is given once.
     *
     * @param number from 1 on
     * @return how many it has now
     */
    CompletionStage<Long> add(long number);

    /**
     * Reads it.
     *
     * @return what it was given
     */
    CompletionStage<Sum> sum();
}
