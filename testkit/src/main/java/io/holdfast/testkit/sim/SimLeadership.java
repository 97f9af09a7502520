package io.holdfast.testkit.sim;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.env.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What one simulated replica knows of its leader. */
final class SimLeadership implements Leadership {
    private final NodeId self;
    private final List<Consumer<Term>> listeners = new ArrayList<>();
    private Term current = new Term(Optional.empty(), new Epoch(0));

    SimLeadership(NodeId self) {
        this.self = self;
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
    public Registration listen(Consumer<Term> listener) {
        listeners.add(listener);
        listener.accept(current);
        return () -> listeners.remove(listener);
    }

    /** News of a term; news of an older one come too late. */
    void learn(Term term) {
        if (term.epoch().compareTo(current.epoch()) >= 0 && !term.equals(current)) {
            current = term;
            List.copyOf(listeners).forEach(listener -> listener.accept(term));
        }
    }

    void forgetLeader() {
        learn(new Term(Optional.empty(), current.epoch()));
    }
}
