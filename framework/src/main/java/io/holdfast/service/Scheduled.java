package io.holdfast.service;

import io.holdfast.sharding.job.Misfire;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method a job of the cluster: at each tick it is begun on one node, once at most, and a tick that does not run is reported. Put it on a method without parameters and result of an object that every node hosts with
 * {@code node.host(object)}; the object needs no contract.
 *
 * <pre>{@code
 * @Scheduled(name = "invoices", cron = "30 2 * * *", zone = "Europe/Berlin")
 * void write() { ... }
 * }</pre>
 *
 * <p>The method runs on a thread of its own on the node that owns the shard of the job, in a {@link io.holdfast.core.call.CallContext} with the shard's epoch as fencing token. It never overlaps with itself on one node; the thread is interrupted when
 * the node loses the shard, and a method that ignores that can overlap with the next tick on another. Whoever wants the tick's instant or the tenure schedules in code: {@code node.jobs().schedule("invoices", Schedule.cron(...), run -> ...)}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Scheduled {
    /**
     * The job, the same on all nodes; {@code holdfast.jobs.<name>.*} wins over what stands here.
     *
     * @return its name, a DNS label
     */
    String name();

    /**
     * When it ticks: 5 fields as Unix has them (minute, hour, day of month, month, day of week), or 6 with seconds in front.
     *
     * @return a cron expression; empty if {@link #every} says when
     */
    String cron() default "";

    /**
     * The time between ticks, which are its multiples since 1970-01-01T00:00:00Z.
     *
     * @return a duration such as {@code 10s}, at least 100ms; empty if {@link #cron} says when
     */
    String every() default "";

    /**
     * Whose local time the cron expression means.
     *
     * @return a zone such as {@code Europe/Berlin}
     */
    String zone() default "UTC";

    /**
     * The longest delay of a tick; the name and the tick decide how much of it.
     *
     * @return a duration such as {@code 30s}, shorter than {@link #every}, at most 1h; empty for none
     */
    String jitter() default "";

    /**
     * What becomes of ticks that came due when nobody could run them.
     *
     * @return the policy
     */
    Misfire misfire() default Misfire.SKIP;
}
