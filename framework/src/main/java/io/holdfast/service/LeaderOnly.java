package io.holdfast.service;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method a job that one node of the cluster does at a time: it runs on the node that holds an office, and on no other. Put it on a method without parameters and result of an object
 * that every node hosts with {@code node.host(object)}; the object needs no contract.
 *
 * <pre>{@code
 * @LeaderOnly(election = "trending", every = "10s")
 * void recompute() { ... }
 * }</pre>
 *
 * <p>The method runs on a thread of its own, in a {@link io.holdfast.core.call.CallContext} with the fencing token of its term, which is larger than that of every term before and
 * travels with each call that the method makes. The thread is interrupted when the office is lost or the node leaves; the office goes to another node only after the method has
 * returned, as long as it does so within a quarter of {@code holdfast.consensus.session-time-to-live} after a loss, and within {@code holdfast.node.drain} when the node leaves. What a method that
 * ignores its interrupt for longer still writes can only be refused by its token. A method that throws is logged and counted ({@code holdfast.leader_only.run}), and its node resigns, so
 * that the job is done again elsewhere; the node stands again after a second, which doubles with each failure in a row up to a minute.
 *
 * <p>Not for a method of a {@link RemoteService} contract: whoever calls that wants an answer from whichever node it reached. Needs {@code holdfast.consensus.enabled=true}.
 * The same in code: {@code node.leaderOnly("trending", term -> ...)}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface LeaderOnly {
    /**
     * The office: all nodes that stand for the same one take turns.
     *
     * @return its name, 1 to 255 bytes of UTF-8
     */
    String election();

    /**
     * How long from one beginning of the method to the next; {@code holdfast.leader-only.<election>.every} wins.
     *
     * @return a duration such as {@code 10s}; empty runs the method once a term, and keeps the office when it returns
     */
    String every() default "";
}
