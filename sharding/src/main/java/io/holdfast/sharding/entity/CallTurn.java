package io.holdfast.sharding.entity;

import io.holdfast.core.call.CallContext;
import io.holdfast.sharding.entity.EntityType.Entity;
import io.holdfast.sharding.entity.EntityType.Reply;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A call. */
final class CallTurn extends Turn {
    private final EntityCall call;
    private final long[] path;
    private final long mark;

    /**
     * Takes a call.
     *
     * @throws io.holdfast.core.ProtocolException if its path is none
     */
    CallTurn(EntityCall call) {
        super(call.entity(), call.copies());
        this.call = call;
        this.path = CallPath.of(call.context());
        this.mark = call.id().mark(call.entity());
    }

    @Override
    CallId id() {
        return call.id();
    }

    @Override
    long mark() {
        return mark;
    }

    @Override
    boolean isCausedBy(Turn other) {
        return path.length > 0 && Arrays.stream(path).anyMatch(cause -> cause == other.mark());
    }

    @Override
    CallContext context() {
        return call.context();
    }

    @Override
    @Nullable Served seen(EntityRow row) {
        return row.window().seen(call);
    }

    @Override
    Reply run(Entity live) throws Exception {
        return live.call(call.method(), call.arguments());
    }

    @Override
    boolean isDirty(EntityRow row) {
        return changes().any(row);
    }

    @Override
    EntityRow done(EntityRow row, Served.Outcome outcome, boolean changed) {
        return (changed ? changes().applyTo(row) : row).withWindow(row.window().with(call, outcome));
    }
}
