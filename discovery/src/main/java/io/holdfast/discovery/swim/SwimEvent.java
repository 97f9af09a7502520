package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.ServiceEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the protocol tells this node. */
public sealed interface SwimEvent {
    /**
     * A member's state, address or incarnation changed; this node's own too.
     *
     * @param member the member as it is now
     */
    record MemberChanged(Member member) implements SwimEvent {}

    /**
     * A dead member was forgotten.
     *
     * @param member the member as it was last
     */
    record MemberForgotten(Member member) implements SwimEvent {}

    /**
     * The directory changed.
     *
     * @param change the change
     */
    record ServiceChanged(ServiceEvent change) implements SwimEvent {}

    /**
     * The bulletin changed.
     *
     * @param topic the topic
     * @param node who told something
     * @param value what it told, or null if that holds no longer; do not change it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record NoteChanged(String topic, NodeId node, byte @Nullable [] value) implements SwimEvent {}

    /**
     * This node has a cluster id, kept on disk.
     *
     * @param clusterId the id
     * @param founders who founded the cluster, sorted, if this node was one of them and has it on disk; otherwise empty
     */
    record Formed(String clusterId, List<NodeId> founders) implements SwimEvent {}

    /** This node has joined; told once. */
    record Joined() implements SwimEvent {}

    /**
     * The cluster refused this node, which now stays silent.
     *
     * @param reason who refused and why, and the remedy
     */
    record Refused(String reason) implements SwimEvent {}

    /** Goodbye was said. */
    record Left() implements SwimEvent {}

    /**
     * The end of a probe.
     *
     * @param result how it ended
     * @param nanos how long it took
     */
    record Probed(ProbeResult result, long nanos) implements SwimEvent {}

    /** How a probe ended. */
    enum ProbeResult {
        /** The member answered itself. */
        ACK,
        /** It answered through a helper. */
        INDIRECT_ACK,
        /** No answer. */
        TIMEOUT
    }

    /**
     * The local health score changed (Lifeguard, section IV-A).
     *
     * @param score 0 is healthy
     */
    record HealthChanged(int score) implements SwimEvent {}

    /**
     * A decision, for the flight recorder and the metrics.
     *
     * @param kind what was decided
     * @param subject whom it is about
     * @param text why, in a sentence
     */
    record Decided(Decision kind, String subject, String text) implements SwimEvent {}

    /** The kinds of decisions. */
    enum Decision {
        /** A member joined or came back. */
        JOIN,
        /** A member is suspected. */
        SUSPECT,
        /** This node refuted what was said of it. */
        REFUTE,
        /** A member was declared dead. */
        DEAD,
        /** A member left. */
        LEAVE,
        /** A node was refused, or refused us. */
        REFUSE,
        /** The cluster's formation took a step. */
        FORM,
        /** This node noticed that it had stood still. */
        STALL,
        /** A bound was reached and something was dropped. */
        DROP
    }
}
