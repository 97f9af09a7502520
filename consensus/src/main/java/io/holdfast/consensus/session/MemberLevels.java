package io.holdfast.consensus.session;

import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Which feature levels the builds of a group's members know. */
public interface MemberLevels {
    /**
     * Asks all members of the cluster and all voters of the group, this node among them.
     *
     * @param deadline until when to wait for answers
     * @return the highest level that each one's build knows, 0 for one that did not answer in time; never fails
     */
    CompletionStage<Map<NodeId, Integer>> ask(Deadline deadline);
}
