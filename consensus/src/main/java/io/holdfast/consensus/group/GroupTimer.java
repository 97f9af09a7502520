package io.holdfast.consensus.group;

/** The timers of {@link GroupMembers}. */
public sealed interface GroupTimer {
    /** Compare what is with what should be. */
    record Tick() implements GroupTimer {}

    /**
     * The leader was asked whether it lives.
     *
     * @param term the term in which it led
     */
    record ProbeOver(long term) implements GroupTimer {}

    /**
     * Time to campaign, unless there is another leader by now.
     *
     * @param term the term of the leader that was lost
     */
    record CampaignDue(long term) implements GroupTimer {}

    /** What failed has waited long enough: the replica is opened again, its storage set aside again. */
    record Again() implements GroupTimer {}
}
