package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import java.util.List;

/**
 * What a protocol is given when its node starts, anew for each start.
 *
 * @param id the node's name
 * @param address where the node listens
 * @param life 1 for the first start, one more for each restart
 * @param environment the node's clocks, timers and random numbers
 * @param cells what the node had made durable before; empty at the first start
 * @param planned the addresses of all nodes that the world was planned with, this one among them: for seeds
 */
public record SimHost(
        NodeId id, Address address, int life, Environment environment, DurableCells cells, List<Address> planned) {
    /**
     * Copies the list.
     *
     * @param id as the component
     * @param address as the component
     * @param life as the component
     * @param environment as the component
     * @param cells as the component
     * @param planned as the component
     */
    public SimHost {
        planned = List.copyOf(planned);
    }
}
