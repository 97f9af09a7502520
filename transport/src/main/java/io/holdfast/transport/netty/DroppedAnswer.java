package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.transport.Lane;

/** Tells a peer that its request was done and the answer had no room. */
final class DroppedAnswer extends Outgoing {
    private final ServerWork work;
    private final HoldfastException reason;

    DroppedAnswer(ServerWork work, HoldfastException reason) {
        super(Lane.CONTROL);
        this.work = work;
        this.reason = reason;
    }

    @Override
    int size() {
        return 64;
    }

    @Override
    boolean wanted() {
        return work.wanted();
    }

    @Override
    void write(FrameWriter out) {
        work.wire.finish(work);
        work.onGone();
        WireErrors.write(
                work.stream,
                new UnknownOutcomeException(
                        "the request was worked on, but its answer was dropped: " + reason.getMessage(), reason),
                out);
    }

    @Override
    void refuse(HoldfastException why) {}

    @Override
    void onDeadline() {}
}
