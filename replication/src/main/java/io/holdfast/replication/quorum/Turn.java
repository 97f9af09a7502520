package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import io.holdfast.core.loop.Outbox;

/**
 * One turn of the protocol.
 *
 * @param nowNanos the monotonic clock
 * @param out where effects go
 */
record Turn(long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
    void send(Address to, QuorumMessage message) {
        out.send(to, message);
    }

    void end(long call, QuorumResult result) {
        out.publish(new QuorumEvent.Ended(call, result));
    }

    void count(QuorumEvent.Count what, long by) {
        out.publish(new QuorumEvent.Counted(what, by));
    }
}
