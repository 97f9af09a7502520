package io.holdfast.discovery.traffic;

import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.fault.Fault;
import io.holdfast.discovery.balance.Balancer;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.balance.Candidates;
import io.holdfast.discovery.balance.Hash64;
import io.holdfast.discovery.balance.LoadTable;
import io.holdfast.discovery.balance.Rendezvous;
import io.holdfast.discovery.outlier.Ended;
import io.holdfast.discovery.outlier.Pace;
import io.holdfast.discovery.outlier.Roster;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the instances for the calls of one method: the rule, then who is in, then the version, then the balancer or the key. A choice allocates nothing. Safe for use by many threads.
 */
public final class MethodTraffic {
    /** So that which version and which instance a key gets have nothing to do with each other. */
    private static final long VERSION_SALT = 0x7e55_1a4d_0f3c_99b1L;

    private final ServiceTraffic service;
    private final String method;
    private final boolean pinned;
    private final Balancer balancer;
    private final LoadTable loads;
    private final Pace pace = new Pace();

    MethodTraffic(ServiceTraffic service, String method, boolean pinned, NodeId caller, Balancer balancer) {
        this.service = service;
        this.method = method;
        this.pinned = pinned;
        this.balancer = balancer;
        this.loads = new LoadTable(caller);
    }

    /**
     * What happens to a call.
     *
     * @param context the call's
     * @return the first rule that matches
     */
    public Route route(CallContext context) {
        return pinned ? Route.PINNED : service.route(method, context);
    }

    /**
     * What goes wrong with an attempt on purpose.
     *
     * @param route the call's rule
     * @return a latency or an error, or null for nothing; drawn anew each time
     */
    public @Nullable Fault fault(Route route) {
        return service.fault(route);
    }

    /**
     * Who may take an attempt.
     *
     * @param able the instances that have the method, ready and with a weight; the same list until it changes
     * @param all the directory's snapshot of the service
     * @param nowNanos the monotonic clock
     * @return those who are in; all who are able if none is
     */
    public Candidates candidates(List<ServiceInstance> able, List<ServiceInstance> all, long nowNanos) {
        Roster roster = service.outliers().roster(all, nowNanos);
        return loads.candidates(able, roster, pinned ? 0 : service.policy().subset(), nowNanos);
    }

    /**
     * Chooses an instance for an attempt.
     *
     * @param route the call's rule
     * @param context the call's
     * @param in who may take it
     * @param nowNanos the monotonic clock
     * @return one of them, or one on probe, whose end must be told by {@link #ended}; null if there is nobody
     */
    public @Nullable Candidate choose(Route route, CallContext context, Candidates in, long nowNanos) {
        StickyConfig sticky = service.policy().sticky().orElse(null);
        String key = key(sticky, context);
        long hash = key == null ? 0 : Hash64.of(key);
        Candidates chosen = in;
        Split split = split(route);
        if (split != null) {
            chosen = split.pick(in, key == null ? service.chance().next() : Hash64.mix(hash ^ VERSION_SALT));
        }
        Candidate probe = chosen.probe(nowNanos);
        if (probe != null) {
            return probe;
        }
        Candidates from = chosen.size() == 0 ? in : chosen; // the version's only instance is on probe
        return sticky == null || key == null
                ? balancer.choose(from, nowNanos)
                : Rendezvous.choose(from, hash, sticky.bound());
    }

    private static @Nullable String key(@Nullable StickyConfig sticky, CallContext context) {
        return sticky == null ? null : context.baggage().get(sticky.key());
    }

    /**
     * Looks for somebody else of the same version when the chosen one had the call before, or may not have it: by rank for a key, from anywhere otherwise.
     *
     * @param route the call's rule
     * @param context the call's
     * @param in who may take it
     * @param chosen who was chosen
     * @param takes whether one may have the call; nobody is asked after the first who may
     * @return the first who may, or null
     */
    public @Nullable Candidate other(
            Route route, CallContext context, Candidates in, Candidate chosen, Predicate<Candidate> takes) {
        Split split = split(route);
        String version = chosen.instance().version();
        Candidates its = split != null && split.gives(version) ? in.ofVersion(version) : in;
        Candidates from = its == null || its.size() == 0 ? in : its;
        return search(context, from, each -> each != chosen && takes.test(each));
    }

    /**
     * Looks for anybody when all of the chosen one's version may not have the call: as for a version without instances, its part goes to the others that have one.
     *
     * @param route the call's rule
     * @param context the call's
     * @param in who may take it
     * @param takes whether one may have the call; nobody is asked after the first who may
     * @return the first who may, or null; never one of a version whose weight is 0
     */
    public @Nullable Candidate standIn(Route route, CallContext context, Candidates in, Predicate<Candidate> takes) {
        Split split = split(route);
        return search(
                context,
                in,
                each -> (split == null || split.gives(each.instance().version())) && takes.test(each));
    }

    private @Nullable Candidate search(CallContext context, Candidates from, Predicate<Candidate> takes) {
        String key = key(service.policy().sticky().orElse(null), context);
        if (key != null) {
            return Rendezvous.first(from, Hash64.of(key), takes);
        }
        int size = from.size();
        int start = size == 0 ? 0 : service.chance().below(size);
        for (int i = 0; i < size; i++) {
            Candidate each = from.at((start + i) % size);
            if (takes.test(each)) {
                return each;
            }
        }
        return null;
    }

    private @Nullable Split split(Route route) {
        CanaryRun run = route.open() ? service.run() : null;
        return run == null ? route.split() : run.split();
    }

    /**
     * Tells how an attempt ended; its {@link Candidate#load()} is told by the caller.
     *
     * @param route the call's rule
     * @param chosen who had it
     * @param how what it tells of the instance
     * @param latencyNanos how long the instance took
     * @param nowNanos the monotonic clock
     */
    public void ended(Route route, Candidate chosen, Ended how, long latencyNanos, long nowNanos) {
        double relative = how == Ended.GOOD ? pace.relative(latencyNanos) : Double.NaN;
        service.outliers().ended(chosen.standing(), how, relative, chosen.probe(), nowNanos);
        CanaryRun run = route.open() ? service.run() : null;
        if (run != null) {
            run.count(chosen.instance().version(), how, latencyNanos, nowNanos);
        }
    }

    /**
     * Chooses who gets a copy of a call. What is sent must be told by {@link #mirrored}.
     *
     * @param route the call's rule
     * @param context the call's
     * @param in who may take it
     * @return the instance, or null if the call is not to be copied
     */
    public @Nullable Candidate mirror(Route route, CallContext context, Candidates in) {
        Mirror mirror = route.mirror();
        if (mirror == null || !mirror.wants(context, service.chance())) {
            return null;
        }
        Candidates its = in.ofVersion(mirror.version());
        if (its == null || its.size() == 0) {
            service.events().mirrored("nobody");
            return null;
        }
        if (!mirror.begin()) {
            service.events().mirrored("full");
            return null;
        }
        return its.at(service.chance().below(its.size())); // the balancer may take turns, and copies are none of them
    }

    /**
     * A copy was answered, or failed.
     *
     * @param route the call's rule
     * @param ok whether it was answered
     */
    public void mirrored(Route route, boolean ok) {
        Mirror mirror = route.mirror();
        if (mirror != null) {
            mirror.end();
            service.events().mirrored(ok ? "ok" : "failed");
        }
    }
}
