package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.List;

/** What this node's own process asks of the protocol or tells it. */
public sealed interface SwimRequest {
    /**
     * The seeds that were found; replaces those found before.
     *
     * @param addresses the seeds, this node's own address allowed; the first 256 count
     */
    record Seeds(List<Address> addresses) implements SwimRequest {}

    /**
     * The last connection to a peer closed though nobody said goodbye: the peer is probed at once.
     *
     * @param address where the peer listens
     */
    record ConnectionClosed(Address address) implements SwimRequest {}

    /**
     * A message could not be sent because no connection can be made.
     *
     * @param address where the receiver listens
     */
    record Unreachable(Address address) implements SwimRequest {}

    /**
     * The wire itself was refused: another cluster's node, or a node id that is taken.
     *
     * @param address where the receiver listens
     * @param reason what it said
     */
    record WireRefused(Address address, String reason) implements SwimRequest {}

    /**
     * Offers a service, or replaces what was offered under that name.
     *
     * @param instance the instance, of this node
     */
    record Register(ServiceInstance instance) implements SwimRequest {}

    /**
     * Takes an offer back.
     *
     * @param service the service
     */
    record Withdraw(ServiceName service) implements SwimRequest {}

    /**
     * Tells a value on a topic of the bulletin.
     *
     * @param topic the topic, a DNS label
     * @param value at most 4 KiB; not changed any more
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Post(String topic, byte[] value) implements SwimRequest {}

    /** Says goodbye; {@link SwimEvent.Left} follows. */
    record Leave() implements SwimRequest {}
}
