package io.holdfast.rpc;

import io.holdfast.circuitbreaker.GuardedMethod;
import io.holdfast.circuitbreaker.Instances;
import io.holdfast.contract.Contract;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.contract.ResultKind;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.fault.Fault;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.balance.Candidates;
import io.holdfast.discovery.outlier.Ended;
import io.holdfast.discovery.traffic.MethodTraffic;
import io.holdfast.discovery.traffic.Route;
import io.holdfast.service.RemoteServiceException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A method of a client: encodes, chooses an instance, sends, decodes. A call that an instance surely did not begin, because it could not be reached or drains, goes to another
 * one at once. Safe for use by many threads.
 */
final class ClientMethod {
    private static final Object[] NO_ARGUMENTS = {};
    /** How often a call that nobody has begun is sent elsewhere. */
    private static final int MAX_ELSEWHERE = 3;

    private final RemoteMethod remote;
    private final GuardedMethod guarded;
    private final String route;
    private final ClientSide side;
    private final CandidateList candidates;
    private final MethodTraffic traffic;
    private final CallTimers timers;

    ClientMethod(
            Contract contract, RemoteMethod remote, GuardedMethod guarded, ClientSide side, @Nullable NodeId only) {
        this.remote = remote;
        this.guarded = guarded;
        this.route = RpcWire.route(contract.service());
        this.side = side;
        this.candidates =
                new CandidateList(side.directory(), side.telemetry().recorder(), contract.service(), remote, only);
        this.traffic = side.traffic().method(contract.service(), remote.method().getName(), only != null);
        this.timers = new CallTimers(side.telemetry().meters(), RpcMetric.CLIENT_DURATION, remote.name());
    }

    @SuppressWarnings("try") // the scope is the effect
    @Nullable Object call(Object proxy, Object @Nullable [] arguments) throws Exception {
        CallContext caller = CallContext.current();
        Route taken = traffic.route(caller);
        Duration limit = taken.timeout().orElse(side.timeout());
        Deadline deadline =
                caller.deadline().earlier(Deadline.after(side.clock().nanoTime(), limit));
        byte[] request =
                RpcWire.request(remote.hash(), remote.arguments().encode(arguments == null ? NO_ARGUMENTS : arguments));
        Invocation invocation = new Invocation(request, caller, taken);
        try (CallContext.Scope scope = caller.withDeadline(deadline).open()) {
            if (remote.kind() == ResultKind.STAGE) {
                return guarded.invoke(proxy, arguments, () -> new StagedCall(this, invocation).start());
            }
            CallerThread.requireMayBlock(remote);
            return guarded.invoke(proxy, arguments, () -> blocking(invocation));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException(
                    remote.name() + " was cancelled: the thread that waited was interrupted", e);
        }
    }

    private @Nullable Object blocking(Invocation invocation) throws Exception {
        Round round = new Round(invocation);
        while (true) {
            Attempt attempt = attempt(round);
            try {
                return attempt.await();
            } catch (UnavailableException e) {
                if (!elsewhere(round, attempt, e, CallContext.current().deadline())) {
                    throw e;
                }
            }
        }
    }

    /** Sends the request to an instance, and a copy of it to another one where the rule says so. */
    Attempt attempt(Round round) {
        Invocation invocation = round.invocation();
        Duration delay = injected(invocation.route());
        long now = side.clock().nanoTime();
        Candidates able = able(now);
        Candidate to = choose(round, able, now);
        if (remote.idempotent() && invocation.attempts() == 0) {
            Candidate copy = traffic.mirror(invocation.route(), invocation.caller(), able);
            if (copy != null) {
                new MirrorCopy(this, invocation).send(copy);
            }
        }
        return new Attempt(this, to, invocation, delay);
    }

    /** What the rule makes go wrong: throws, or says how long to wait before sending. */
    private Duration injected(Route taken) {
        Fault fault = traffic.fault(taken);
        if (fault instanceof Fault.Error error) {
            throw new RemoteServiceException(
                    remote.name() + " failed on purpose, by rule " + taken.name()
                            + " of its traffic policy; nothing was sent: " + error.message(),
                    Fault.Error.class.getName(),
                    "",
                    Retry.IF_IDEMPOTENT);
        }
        return fault instanceof Fault.Latency latency ? latency.delay() : Duration.ZERO;
    }

    private Candidates able(long now) {
        AbleInstances known = candidates.require();
        return traffic.candidates(known.instances(), known.snapshot(), now);
    }

    /** The balancer's choice, or the key's; where that one had the call before or its breaker is open, somebody {@link #instead}. */
    private Candidate choose(Round round, Candidates able, long now) {
        Invocation invocation = round.invocation();
        Candidate chosen = Objects.requireNonNull(
                traffic.choose(invocation.route(), invocation.caller(), able, now), "there is at least one candidate");
        Instances instances = instances();
        boolean again = chosen.probe() ? round.isUnbegun(chosen) : invocation.hasTried(chosen);
        if (!again && admits(instances, chosen)) {
            return chosen;
        }
        if (chosen.probe()) { // its place is for another call
            traffic.ended(invocation.route(), chosen, Ended.SILENT, 0, now);
        }
        Candidate other = instead(round, able, chosen, again);
        if (other != null) {
            return other;
        }
        UnavailableException unbegun = round.failure();
        if (unbegun != null) {
            throw unbegun;
        }
        throw Objects.requireNonNull(instances, "without breakers everybody is admitted")
                .allOpen(remote.name(), able.size());
    }

    /**
     * Another one of the chosen one's version; then that one again, or whoever else of its version had the call; then the versions beside it. Nobody who did not begin the call a moment ago, and no
     * breaker is asked twice.
     */
    private @Nullable Candidate instead(Round round, Candidates able, Candidate chosen, boolean again) {
        Set<NodeId> asked =
                again ? new HashSet<>() : new HashSet<>(Set.of(chosen.instance().node()));
        Invocation invocation = round.invocation();
        Route rule = invocation.route();
        CallContext caller = invocation.caller();
        Instances instances = instances();
        Predicate<Candidate> may =
                each -> !round.isUnbegun(each) && asked.add(each.instance().node()) && admits(instances, each);
        Predicate<Candidate> fresh = each -> !invocation.hasTried(each) && may.test(each);
        Candidate other = traffic.other(rule, caller, able, chosen, fresh);
        if (other == null && may.test(chosen)) {
            other = chosen;
        }
        if (other == null) {
            other = traffic.other(rule, caller, able, chosen, may);
        }
        if (other == null) {
            other = traffic.standIn(rule, caller, able, fresh);
        }
        return other == null ? traffic.standIn(rule, caller, able, may) : other;
    }

    /** What the policy knows of the service's instances, or null. */
    @Nullable Instances instances() {
        return guarded.pipeline().instances();
    }

    private static boolean admits(@Nullable Instances instances, Candidate candidate) {
        return instances == null || instances.admits(candidate.instance().node().value());
    }

    /** Whether a call that an instance surely did not begin may go to another one; {@link #attempt} finds out whether one takes it. */
    boolean elsewhere(Round round, Attempt attempt, UnavailableException unbegun, Deadline deadline) {
        round.unbegun(attempt.to(), unbegun);
        return round.invocation().attempts() <= MAX_ELSEWHERE
                && round.hasOthers(candidates.now().instances())
                && !deadline.isExpired(side.clock().nanoTime());
    }

    RemoteMethod remote() {
        return remote;
    }

    String route() {
        return route;
    }

    ClientSide side() {
        return side;
    }

    MethodTraffic traffic() {
        return traffic;
    }

    CallTimers timers() {
        return timers;
    }
}
