package io.holdfast.testkit.history;

import io.holdfast.core.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Decides whether a history is linearizable (Herlihy and Wing 1990): whether each operation can be thought to take effect at one instant between its beginning and its end, so
 * that one object that does them one after the other would have given the same answers. Operations that failed have no effect; those of unknown outcome may take effect at any
 * time after they began, or never.
 *
 * <p>Each key is checked by itself, which is the same as checking all together ("Faster linearizability checking via P-compositionality", Horn and Kroening 2015). The search is
 * the one of Wing and Gong in Lowe's just-in-time form with a memory ("Testing for linearizability", Lowe 2016). The problem is NP-complete: a budget ends the search. 100,000
 * operations of ten clients on 100 keys take a second or two; many unknown outcomes on one contended key can exhaust the budget.
 *
 * <p>Immutable.
 *
 * @param <S> the states of the model
 * @param <I> the type of the inputs
 * @param <O> the type of the results
 */
public final class LinearizabilityChecker<S, I, O> {
    /** The steps of the search for each key, unless told otherwise; the memory it takes is below 1 KB a step. */
    public static final long DEFAULT_BUDGET = 500_000;

    private final Model<S, I, O> model;
    private final long budget;

    private LinearizabilityChecker(Model<S, I, O> model, long budget) {
        this.model = model;
        this.budget = Check.between("budget", budget, 1, Long.MAX_VALUE);
    }

    /**
     * A checker with the default budget.
     *
     * @param model what one object does
     * @param <S> the states of the model
     * @param <I> the type of the inputs
     * @param <O> the type of the results
     * @return the checker
     */
    public static <S, I, O> LinearizabilityChecker<S, I, O> of(Model<S, I, O> model) {
        return new LinearizabilityChecker<>(model, DEFAULT_BUDGET);
    }

    /**
     * The same checker with another budget.
     *
     * @param steps the steps of the search for each key, beyond its operations
     * @return a new checker
     * @throws IllegalArgumentException if it is less than 1
     */
    public LinearizabilityChecker<S, I, O> withBudget(long steps) {
        return new LinearizabilityChecker<>(model, steps);
    }

    /**
     * Checks a history.
     *
     * @param history the history
     * @return the verdict
     */
    public Verdict check(History<I, O> history) {
        Map<String, List<Operation<I, O>>> parts = history.byKey();
        List<Verdict.Finding> findings = new ArrayList<>();
        long configurations = 0;
        for (Map.Entry<String, List<Operation<I, O>>> part : parts.entrySet()) {
            Search<S, I, O> search = new Search<>(
                    model, part.getValue(), budget + part.getValue().size());
            Verdict.Status status = search.run();
            configurations += search.configurations();
            if (status != Verdict.Status.VALID) {
                findings.add(finding(part.getKey(), status, search));
            }
        }
        findings.sort(Comparator.comparing(Verdict.Finding::status).reversed());
        Verdict.Status worst =
                findings.isEmpty() ? Verdict.Status.VALID : findings.get(0).status();
        List<Verdict.Finding> first = List.copyOf(findings.subList(0, Math.min(findings.size(), Verdict.MAX_FINDINGS)));
        return new Verdict(worst, history.operations().size(), parts.size(), configurations, first);
    }

    private Verdict.Finding finding(String key, Verdict.Status status, Search<S, I, O> search) {
        String text = search.explanation().toString();
        return status == Verdict.Status.INVALID
                ? new Verdict.Finding(key, status, text)
                : new Verdict.Finding(key, status, "no answer within the budget (" + budget + " steps); " + text);
    }
}
