package io.holdfast.benchmarks.membership;

/** A library that can keep a membership, in one of its settings. */
interface MemberFactory {
    /**
     * Starts a member on a free port of the loopback interface. It need not have joined when this returns.
     *
     * @param name its name, unique in the cluster
     * @param seed address of a member that runs, or empty for the first one
     * @param changed run after each change of the member's view, on any thread
     * @return the member
     */
    ClusterMember start(String name, String seed, Runnable changed) throws Exception;

    /** A running member. */
    interface ClusterMember {
        /** Where others find it, to be given as a seed. */
        String address();

        /** How many members it sees, itself among them. */
        int size();
    }
}
