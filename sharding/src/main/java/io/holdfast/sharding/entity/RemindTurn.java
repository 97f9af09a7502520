package io.holdfast.sharding.entity;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.sharding.entity.EntityType.Entity;
import io.holdfast.sharding.entity.EntityType.Reply;
import org.jspecify.annotations.Nullable;

/** A reminder that has come due. It is done in the commit that removes it, and so once. */
final class RemindTurn extends Turn {
    private static final byte[] NOTHING = {};

    private final Reminder reminder;
    private final CallId id;
    private final CallContext context;

    RemindTurn(Reminder reminder, CallId id, Deadline deadline) {
        super(reminder.entity(), 1);
        this.reminder = reminder;
        this.id = id;
        this.context = CallContext.EMPTY.withDeadline(deadline);
    }

    @Override
    @Nullable CallId id() {
        return null;
    }

    @Override
    long mark() {
        return id.mark(entity());
    }

    @Override
    boolean isCausedBy(Turn other) {
        return false;
    }

    @Override
    CallContext context() {
        return context;
    }

    @Override
    @Nullable Served seen(EntityRow row) {
        Long due = row.reminders().get(reminder.name());
        return due != null && due == reminder.dueMillis() ? null : new Served.Answered(NOTHING);
    }

    @Override
    Reply run(Entity live) throws Exception {
        live.remind(reminder.name());
        return new Reply(NOTHING, true);
    }

    @Override
    boolean isDirty(EntityRow row) {
        return true;
    }

    @Override
    EntityRow done(EntityRow row, Served.Outcome outcome, boolean changed) {
        return changes().applyTo(row.without(reminder.name()));
    }
}
