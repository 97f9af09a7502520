package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import org.jspecify.annotations.Nullable;

/** What is known of a peer. Belongs to the protocol. */
final class PeerState {
    /** Nothing is known to have arrived. */
    static final long UNKNOWN = -1;

    final Address address;
    long run;
    /** It holds all intervals up to this, and what was before them. */
    long acknowledged = UNKNOWN;

    @Nullable Transfer transfer;

    PeerState(Address address) {
        this.address = address;
    }

    /** It runs anew, and may have lost what it acknowledged. */
    void anew(long newRun) {
        run = newRun;
        acknowledged = UNKNOWN;
        transfer = null;
    }
}
