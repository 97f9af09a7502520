package io.holdfast.circuitbreaker.shared;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What all simulated callers call: it may be down, and single callers may be in trouble of their own. */
final class Callee {
    boolean up = true;
    final Set<String> troubled = new HashSet<>();
    final Map<String, Integer> calls = new HashMap<>();
    int tries;

    boolean answers(String caller, boolean tried) {
        calls.merge(caller, 1, Integer::sum);
        if (tried) {
            tries++;
        }
        return up && !troubled.contains(caller);
    }
}
