package io.holdfast.consensus;

import io.holdfast.consensus.primitive.QueueType;
import io.holdfast.consensus.primitive.QueueType.Settlement;
import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.codec.TypeCodec;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An item that was taken from a {@link WorkQueue}: this node's until it is settled, or until its time of invisibility is over. Each method answers whether it was this taking's still;
 * if not, somebody else may have it, and what was done with it must be harmless when it is done twice. Methods fail as those of the queue do. Safe for use by many threads.
 *
 * @param <T> the item's type
 */
public final class WorkItem<T> {
    private final Resource resource;
    private final QueueType.Item item;
    private final @Nullable T value;
    private final @Nullable CodecException unreadable;

    WorkItem(Resource resource, QueueType.Item item, TypeCodec<T> codec) {
        this.resource = resource;
        this.item = item;
        T decoded = null;
        CodecException failure = null;
        try {
            decoded = codec.decode(item.value());
        } catch (CodecException e) {
            failure = e;
        }
        this.value = decoded;
        this.unreadable = failure;
    }

    /**
     * The item.
     *
     * @return the value; null if null was put
     * @throws CodecException if it is not of the type that this queue was asked for with; {@link #bytes} has it all the same
     */
    public @Nullable T value() {
        if (unreadable != null) {
            throw new CodecException(
                    "item " + id() + " of queue " + resource.name() + " is not of the type that this node expects: "
                            + unreadable.getMessage()
                            + "; use the same type on all nodes, or look at its bytes()",
                    unreadable);
        }
        return value;
    }

    /**
     * The item as it stands in the queue. Of one that {@link #value} cannot decode this is all there is: keep it before it is settled, or if it was removed.
     *
     * @return a copy of the encoded value
     */
    public byte[] bytes() {
        return item.value().clone();
    }

    /**
     * The item's number: the revision that put it.
     *
     * @return the number; items stand in the order of theirs
     */
    public long id() {
        return item.id();
    }

    /**
     * The fencing token of this taking: larger than that of every taking and lease before in the group.
     *
     * @return the token
     */
    public long token() {
        return item.receipt();
    }

    /**
     * How often the item was taken, this time included.
     *
     * @return 1 or more
     */
    public int deliveries() {
        return item.deliveries();
    }

    /**
     * It is done: the item goes.
     *
     * @return whether it was this taking's still
     */
    public boolean ack() {
        return Waiting.await(() -> ackAsync());
    }

    /**
     * See {@link #ack}.
     *
     * @return whether it was this taking's still
     */
    public CompletionStage<Boolean> ackAsync() {
        return settle(Settlement.DONE, 0);
    }

    /**
     * It is not done: the item stands at its old place again at once, or among the dead letters if it was delivered too often.
     *
     * @return whether it was this taking's still
     */
    public boolean nack() {
        return Waiting.await(() -> nackAsync());
    }

    /**
     * See {@link #nack}.
     *
     * @return whether it was this taking's still
     */
    public CompletionStage<Boolean> nackAsync() {
        return settle(Settlement.AGAIN, 0);
    }

    /**
     * It takes longer: the item stays invisible.
     *
     * @param visibility for how long from now, in the group's time, at most a week
     * @return whether it was this taking's still
     */
    public boolean extend(Duration visibility) {
        return Waiting.await(() -> extendAsync(visibility));
    }

    /**
     * See {@link #extend}.
     *
     * @param visibility for how long from now
     * @return whether it was this taking's still
     */
    public CompletionStage<Boolean> extendAsync(Duration visibility) {
        long nanos = visibility.toNanos();
        return settle(
                Settlement.LONGER,
                Check.between("visibility in nanoseconds", nanos, 1, QueueType.MAX_VISIBILITY_NANOS));
    }

    private CompletionStage<Boolean> settle(Settlement settlement, long nanos) {
        return resource.submit(QueueType.settle(item.id(), item.receipt(), settlement, nanos))
                .thenApply(payload -> payload[0] == 1);
    }
}
