package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import io.holdfast.core.codec.TypeCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Builds a definition step after step; the structure is static. Not thread-safe.
 *
 * @param <I> the saga's input
 */
public class SagaBuilder<I> {
    private final SagaDraft<I> draft;
    private final List<Supplier<PlanNode>> nodes;

    SagaBuilder(SagaDraft<I> draft) {
        this(draft, new ArrayList<>());
    }

    /** Goes on where another builder stands. */
    SagaBuilder(SagaDraft<I> draft, List<Supplier<PlanNode>> nodes) {
        this.draft = draft;
        this.nodes = nodes;
    }

    SagaDraft<I> draft() {
        return draft;
    }

    /**
     * Adds a step with a result.
     *
     * @param name a DNS label, unique in the definition
     * @param type the class of the result
     * @param function what it does
     * @param <O> the class of the result
     * @return a builder that also takes what concerns this step
     * @throws IllegalArgumentException if the name is no label or taken
     * @throws io.holdfast.core.InvalidContractException if the result cannot be encoded
     */
    public <O> StepBuilder<I, O> step(String name, Class<O> type, StepFunction<I, O> function) {
        draft.take(name);
        TypeCodec<O> codec = draft.codec.forType(type);
        StepBuilder<I, O> step = new StepBuilder<>(this, name, codec, function);
        nodes.add(step::task);
        return step;
    }

    /**
     * Adds a step without a result.
     *
     * @param name a DNS label, unique in the definition
     * @param action what it does
     * @return a builder that also takes what concerns this step
     * @throws IllegalArgumentException if the name is no label or taken
     */
    public StepBuilder<I, Void> step(String name, StepAction<I> action) {
        draft.take(name);
        StepBuilder<I, Void> step = new StepBuilder<>(this, name, NoResult.codec(), (context, input) -> {
            action.run(context, input);
            return NoResult.value();
        });
        nodes.add(step::task);
        return step;
    }

    /**
     * Adds branches that run beside each other; what follows waits for all of them. If one fails no branch begins anything new, what runs is waited for, and all are compensated.
     *
     * @param name a DNS label, unique in the definition
     * @param branches each builds one branch
     * @return this
     * @throws IllegalArgumentException if the name is no label or taken, or branches nest too deep
     */
    @SafeVarargs
    public final SagaBuilder<I> parallel(String name, Consumer<SagaBuilder<I>>... branches) {
        draft.take(name);
        Check.that(branches.length > 1, "parallel %s (%d branches) needs at least two", name, branches.length);
        List<SagaBuilder<I>> built = new ArrayList<>();
        draft.nest(() -> {
            for (Consumer<SagaBuilder<I>> branch : branches) {
                SagaBuilder<I> inner = new SagaBuilder<>(draft);
                branch.accept(inner);
                Check.that(!inner.nodes.isEmpty(), "a branch of parallel %s is empty; give it a step", name);
                built.add(inner);
            }
        });
        nodes.add(() -> new PlanNode.Parallel(
                name, built.stream().map(SagaBuilder::list).toList()));
        return this;
    }

    /**
     * Lets time pass, also over restarts.
     *
     * @param name a DNS label, unique in the definition
     * @param duration how long, by the wall clock of the nodes
     * @return this
     * @throws IllegalArgumentException if the name is no label or taken, or the time is not positive
     */
    public SagaBuilder<I> sleep(String name, Duration duration) {
        draft.take(name);
        Check.positive("sleep " + name, duration);
        nodes.add(() -> new PlanNode.Sleep(name, duration));
        return this;
    }

    /**
     * Waits for ever for something from outside, see {@link SagaOperation}; it may come before this is reached.
     *
     * @param name a DNS label, unique in the definition
     * @param type the class of what comes, which later steps can read as a result
     * @return this
     * @throws IllegalArgumentException if the name is no label or taken
     */
    public SagaBuilder<I> awaitSignal(String name, Class<?> type) {
        return await(name, type, Duration.ZERO);
    }

    /**
     * Waits for something from outside, and compensates if it does not come in time.
     *
     * @param name a DNS label, unique in the definition
     * @param type the class of what comes
     * @param timeout how long at most, from the moment this is reached
     * @return this
     * @throws IllegalArgumentException if the name is no label or taken, or the time is not positive
     */
    public SagaBuilder<I> awaitSignal(String name, Class<?> type, Duration timeout) {
        return await(name, type, Check.positive("timeout of signal " + name, timeout));
    }

    private SagaBuilder<I> await(String name, Class<?> type, Duration timeout) {
        draft.take(name);
        TypeCodec<?> codec = draft.codec.forType(type);
        nodes.add(() -> new PlanNode.Await(name, timeout, codec));
        return this;
    }

    /**
     * Runs another saga as one step: its result is that of its last step, its failure is this saga's, and it is compensated as a whole. It has a history, a deadline and a version of its own.
     *
     * @param name a DNS label, unique in the definition; the child's id is {@code <saga id>/<name>}
     * @param child its definition, registered on all nodes too
     * @param input makes its input, without an effect of its own
     * @param <C> the class of the child's input
     * @return this
     * @throws IllegalArgumentException if the name is no label or taken
     */
    public <C> SagaBuilder<I> child(String name, SagaDefinition<C> child, StepFunction<I, C> input) {
        draft.take(name);
        PlanNode.Body body = call -> child.encode(input.run(call.context(), draft.decode(call.input())));
        TypeCodec<?> result =
                child.plan().last().<TypeCodec<?>>map(PlanNode.Leaf::result).orElse(NoResult.CODEC);
        nodes.add(() -> new PlanNode.Child(
                name, child.name(), child.version(), body, StepRetry.standard(), StepBuilder.TIMEOUT, result));
        return this;
    }

    /**
     * When the whole saga must have ended, from its start; then it is compensated. Without this it may take for ever.
     *
     * @param value how long, by the wall clock of the nodes
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public SagaBuilder<I> deadline(Duration value) {
        draft.deadline = Check.positive("deadline of saga " + draft.name, value);
        return this;
    }

    List<PlanNode> list() {
        return nodes.stream().map(Supplier::get).toList();
    }

    List<Supplier<PlanNode>> nodes() {
        return nodes;
    }

    /**
     * Ends the definition.
     *
     * @return what can be registered and started
     * @throws IllegalArgumentException if there is no step
     */
    public SagaDefinition<I> build() {
        Check.that(!nodes.isEmpty(), "saga %s has no step; give it one", draft.name);
        return new SagaDefinition<>(new SagaPlan(draft.name, draft.version, draft.deadline, list()), draft.input);
    }
}
