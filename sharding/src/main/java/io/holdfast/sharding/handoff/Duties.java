package io.holdfast.sharding.handoff;

import java.util.function.Consumer;

/** Does what {@link ShardNode} wants done with tables and tenures. On the protocol's thread. */
final class Duties {
    private final ShardTables tables;
    private final Tenures tenures;
    private final Lease lease;
    private final Consumer<ShardEvent> rest;

    /**
     * Divides the work.
     *
     * @param rest takes what is only told
     */
    Duties(ShardTables tables, Tenures tenures, Lease lease, Consumer<ShardEvent> rest) {
        this.tables = tables;
        this.tenures = tenures;
        this.lease = lease;
        this.rest = rest;
    }

    void carryOut(ShardEvent event) {
        if (event instanceof ShardEvent.ReadMap asked) {
            tables.read(asked);
        } else if (event instanceof ShardEvent.CommitMap asked) {
            tables.commit(asked);
        } else if (event instanceof ShardEvent.ReadFence asked) {
            tables.read(asked);
        } else if (event instanceof ShardEvent.CommitFence asked) {
            tables.commit(asked);
        } else if (event instanceof ShardEvent.Warm asked) {
            tenures.warm(asked);
        } else if (event instanceof ShardEvent.Serve asked) {
            tenures.serve(asked);
        } else if (event instanceof ShardEvent.Drain asked) {
            tenures.drain(asked);
        } else if (event instanceof ShardEvent.Stop asked) {
            tenures.stop(asked);
        } else if (event instanceof ShardEvent.Leased leased) {
            lease.renew(leased.untilNanos());
        } else {
            rest.accept(event);
        }
    }
}
