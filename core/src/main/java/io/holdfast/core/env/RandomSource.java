package io.holdfast.core.env;

import java.util.random.RandomGenerator;

/** Random numbers, split so that one subsystem's draws do not shift another's. Not for keys and tokens. */
@FunctionalInterface
public interface RandomSource {
    /**
     * A generator of its own for one subsystem.
     *
     * @param subsystem a stable name; the same name and seed give the same numbers in a simulation
     * @return a generator for use by one thread at a time
     */
    RandomGenerator split(String subsystem);
}
