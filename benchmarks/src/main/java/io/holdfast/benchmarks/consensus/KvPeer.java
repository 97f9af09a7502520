package io.holdfast.benchmarks.consensus;

import java.util.List;

/** A replicated store that can be measured, in one of its settings. */
interface KvPeer {
    /** Starts the node that the plan names; it need not have found the others when this returns. Its directory may hold what it wrote in an earlier life. */
    KvNode serve(NodePlan plan) throws Exception;

    /** Connects a client. It keeps no more state than it must; a lost connection is its own affair. */
    KvClient connect(ClientPlan plan) throws Exception;

    /** What a write's answer and a read's answer stand for, in a line for the reader of the table. */
    String settings();

    /** Flags that its own manual asks for, of the JVMs of its nodes and its client. */
    default List<String> flags() {
        return List.of();
    }

    /** Why this peer cannot run here, or empty. */
    default String missing() {
        return "";
    }
}
