package io.holdfast.core.call;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.security.Principal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What travels with a call over every hop and thread: until when the answer is wanted, which request it belongs to, how much it matters, how often it may still be retried,
 * and for whom it is made.
 *
 * <p>Immutable and safe for use by many threads. {@link #current()} belongs to the thread, platform or virtual; {@link #wrap(Runnable)}, {@link #wrap(Executor)} and
 * {@link #carry(CompletionStage, Executor)} take it to another one.
 */
public final class CallContext {
    /** The retry budget of a call that nobody has limited. */
    public static final int UNLIMITED_RETRIES = Integer.MAX_VALUE;

    /** At most this many baggage entries are carried. */
    public static final int MAX_BAGGAGE_ENTRIES = 64;

    /** A context without deadline, ids or principal, at the default criticality. */
    public static final CallContext EMPTY =
            new CallContext(Deadline.NONE, "", null, Map.of(), Criticality.CRITICAL, UNLIMITED_RETRIES, -1, null, null);

    private static final ThreadLocal<CallContext> CURRENT = new ThreadLocal<>();

    private final Deadline deadline;
    private final String correlationId;
    private final @Nullable TraceContext trace;
    private final Map<String, String> baggage;
    private final Criticality criticality;
    private final int retryBudget;
    private final long fencingToken;
    private final @Nullable Principal principal;
    private final @Nullable RetryLedger ledger;

    private CallContext(
            Deadline deadline,
            String correlationId,
            @Nullable TraceContext trace,
            Map<String, String> baggage,
            Criticality criticality,
            int retryBudget,
            long fencingToken,
            @Nullable Principal principal,
            @Nullable RetryLedger ledger) {
        this.deadline = deadline;
        this.correlationId = correlationId;
        this.trace = trace;
        this.baggage = baggage;
        this.criticality = criticality;
        this.retryBudget = retryBudget;
        this.fencingToken = fencingToken;
        this.principal = principal;
        this.ledger = ledger;
    }

    /**
     * The context of the running thread.
     *
     * @return the context, {@link #EMPTY} outside any call
     */
    public static CallContext current() {
        CallContext context = CURRENT.get();
        return context == null ? EMPTY : context;
    }

    /**
     * Until when the answer is wanted.
     *
     * @return the deadline, {@link Deadline#NONE} if there is none
     */
    public Deadline deadline() {
        return deadline;
    }

    /**
     * The id that ties log lines, errors and traces of one request together.
     *
     * @return the id, empty if none was given
     */
    public String correlationId() {
        return correlationId;
    }

    /**
     * The W3C trace context.
     *
     * @return the trace, or empty if the call is not traced
     */
    public Optional<TraceContext> trace() {
        return Optional.ofNullable(trace);
    }

    /**
     * The W3C baggage.
     *
     * @return an unmodifiable map of at most {@link #MAX_BAGGAGE_ENTRIES}
     */
    public Map<String, String> baggage() {
        return baggage;
    }

    /**
     * How much the call matters under overload.
     *
     * @return the criticality
     */
    public Criticality criticality() {
        return criticality;
    }

    /**
     * How many retries this call and all calls below it may still make together.
     *
     * @return zero or more; {@link #UNLIMITED_RETRIES} if nobody has limited them
     */
    public int retryBudget() {
        return retryBudget;
    }

    /**
     * The fencing token of the lock or shard under which the call is made.
     *
     * @return the token, or empty if there is none
     */
    public OptionalLong fencingToken() {
        return fencingToken < 0 ? OptionalLong.empty() : OptionalLong.of(fencingToken);
    }

    /**
     * For whom the call is made.
     *
     * @return the principal, or empty if nobody was authenticated
     */
    public Optional<Principal> principal() {
        return Optional.ofNullable(principal);
    }

    /**
     * Where calls made while one is served note that they were retried in vain.
     *
     * @return the ledger of the call that is being served, or empty outside one
     */
    public Optional<RetryLedger> ledger() {
        return Optional.ofNullable(ledger);
    }

    /**
     * This context with another deadline.
     *
     * @param value the deadline
     * @return a copy
     */
    public CallContext withDeadline(Deadline value) {
        return value.equals(deadline)
                ? this
                : new CallContext(
                        value,
                        correlationId,
                        trace,
                        baggage,
                        criticality,
                        retryBudget,
                        fencingToken,
                        principal,
                        ledger);
    }

    /**
     * This context with another correlation id.
     *
     * @param value at most 128 printable ASCII characters without spaces
     * @return a copy
     * @throws IllegalArgumentException if the id has another form
     */
    public CallContext withCorrelationId(String value) {
        Check.that(
                value.length() <= 128 && value.chars().allMatch(c -> c > ' ' && c < 127),
                "correlation id (%d characters) must have at most 128 printable ASCII characters without spaces",
                value.length());
        return new CallContext(
                deadline, value, trace, baggage, criticality, retryBudget, fencingToken, principal, ledger);
    }

    /**
     * This context within a trace.
     *
     * @param value the trace, or null for none
     * @return a copy
     */
    public CallContext withTrace(@Nullable TraceContext value) {
        return new CallContext(
                deadline, correlationId, value, baggage, criticality, retryBudget, fencingToken, principal, ledger);
    }

    /**
     * This context with other baggage.
     *
     * @param value at most {@link #MAX_BAGGAGE_ENTRIES} entries and 8192 characters in all (W3C Baggage, section 3.3.2)
     * @return a copy
     * @throws IllegalArgumentException if there is more
     */
    public CallContext withBaggage(Map<String, String> value) {
        int characters = value.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum();
        Check.that(
                value.size() <= MAX_BAGGAGE_ENTRIES && characters <= 8192,
                "baggage (%d entries, %d characters) must have at most %d entries and 8192 characters",
                value.size(),
                characters,
                MAX_BAGGAGE_ENTRIES);
        return new CallContext(
                deadline,
                correlationId,
                trace,
                Map.copyOf(value),
                criticality,
                retryBudget,
                fencingToken,
                principal,
                ledger);
    }

    /**
     * This context with another criticality.
     *
     * @param value the criticality
     * @return a copy
     */
    public CallContext withCriticality(Criticality value) {
        return new CallContext(
                deadline, correlationId, trace, baggage, value, retryBudget, fencingToken, principal, ledger);
    }

    /**
     * This context with another retry budget.
     *
     * @param value zero or more
     * @return a copy
     * @throws IllegalArgumentException if it is negative
     */
    public CallContext withRetryBudget(int value) {
        Check.that(value >= 0, "retry budget (%d) must not be negative", value);
        return new CallContext(
                deadline, correlationId, trace, baggage, criticality, value, fencingToken, principal, ledger);
    }

    /**
     * This context under a lock or shard ownership.
     *
     * @param value the token, zero or more
     * @return a copy
     * @throws IllegalArgumentException if it is negative
     */
    public CallContext withFencingToken(long value) {
        Check.that(value >= 0, "fencing token (%d) must not be negative", value);
        return new CallContext(
                deadline, correlationId, trace, baggage, criticality, retryBudget, value, principal, ledger);
    }

    /**
     * This context for another principal.
     *
     * @param value the principal, or null for nobody
     * @return a copy
     */
    public CallContext withPrincipal(@Nullable Principal value) {
        return new CallContext(
                deadline, correlationId, trace, baggage, criticality, retryBudget, fencingToken, value, ledger);
    }

    /**
     * This context while a call is served. The ledger stays in this process.
     *
     * @param value where calls below note that they were retried in vain
     * @return a copy
     */
    public CallContext withLedger(RetryLedger value) {
        return new CallContext(
                deadline, correlationId, trace, baggage, criticality, retryBudget, fencingToken, principal, value);
    }

    /**
     * Makes this the running thread's context until the scope is closed.
     *
     * @return the scope; close it on the same thread, innermost first
     */
    public Scope open() {
        CallContext previous = CURRENT.get();
        CURRENT.set(this);
        return new Scope(previous);
    }

    /**
     * Runs a task in this context.
     *
     * @param task the task
     */
    @SuppressWarnings("try") // the scope is the effect
    public void run(Runnable task) {
        try (Scope scope = open()) {
            task.run();
        }
    }

    /**
     * Runs a task in this context.
     *
     * @param task the task
     * @param <T> its result
     * @return its result
     * @throws Exception what the task throws
     */
    @SuppressWarnings("try") // the scope is the effect
    public <T> T call(Callable<T> task) throws Exception {
        try (Scope scope = open()) {
            return task.call();
        }
    }

    /**
     * A task that takes this context to whatever thread runs it.
     *
     * @param task the task
     * @return the task, bound
     */
    public Runnable wrap(Runnable task) {
        return () -> run(task);
    }

    /**
     * A task that takes this context to whatever thread runs it.
     *
     * @param task the task
     * @param <T> its result
     * @return the task, bound
     */
    public <T> Callable<T> wrap(Callable<T> task) {
        return () -> call(task);
    }

    /**
     * An executor whose tasks run in the context of the thread that hands them over.
     *
     * @param executor what runs them
     * @return the executor, wrapped
     */
    public static Executor wrap(Executor executor) {
        return task -> executor.execute(current().wrap(task));
    }

    /**
     * A stage whose dependants, as far as they are added with the methods without executor, run on the given executor in this context.
     *
     * @param stage the stage
     * @param executor what runs the dependants
     * @param <T> its result
     * @return a stage with the same outcome
     */
    public <T> CompletionStage<T> carry(CompletionStage<T> stage, Executor executor) {
        CompletableFuture<T> carried = new CompletableFuture<>();
        stage.whenCompleteAsync(
                (value, error) -> {
                    if (error == null) {
                        carried.complete(value);
                    } else {
                        carried.completeExceptionally(error);
                    }
                },
                task -> executor.execute(wrap(task)));
        return carried;
    }

    /** The time in which a context is the thread's own. */
    public static final class Scope implements AutoCloseable {
        private final @Nullable CallContext previous;

        private Scope(@Nullable CallContext previous) {
            this.previous = previous;
        }

        @Override
        public void close() {
            if (previous == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(previous);
            }
        }
    }
}
