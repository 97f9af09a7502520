package io.holdfast.consensus;

import io.holdfast.consensus.primitive.TopicType;
import io.holdfast.consensus.primitive.TopicType.Page;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Linearizable;
import io.holdfast.core.env.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Messages in one order for all, each with an offset from 0 on. The newest so many are kept; the others are forgotten, oldest first. Each acknowledged message is there exactly once.
 *
 * <p>Methods fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException} or {@link io.holdfast.core.UnavailableException} (surely not done: try again),
 * {@link io.holdfast.core.UnknownOutcomeException} (the message may be there: read the end before appending again) and {@link io.holdfast.consensus.session.RefusedException} (the topic
 * has 1 GiB, or the group is full: retain fewer messages). The blocking form waits until the running {@link io.holdfast.core.call.CallContext}'s deadline, or five seconds. Safe for use by many threads.
 *
 * @param <T> the messages' type
 */
public final class Topic<T> implements Linearizable {
    private final Resource resource;
    private final TypeCodec<T> codec;
    private final int retained;

    Topic(Resource resource, TypeCodec<T> codec, int retained) {
        this.resource = resource;
        this.codec = codec;
        this.retained = (int) Check.between("retained of topic " + resource.name(), retained, 1, 1_000_000);
    }

    /**
     * The topic's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * Messages that follow one another.
     *
     * @param oldest the oldest offset that is kept
     * @param end the offset that the next message will get
     * @param first the offset of the first message here
     * @param messages the messages; the next part begins behind the last
     * @param <T> the messages' type
     */
    public record Part<T>(long oldest, long end, long first, List<@Nullable T> messages) {}

    /**
     * Appends a message.
     *
     * @param value the message, at most about 500 KiB
     * @return its offset
     */
    public long append(@Nullable T value) {
        return Waiting.await(() -> appendAsync(value));
    }

    /**
     * See {@link #append}.
     *
     * @param value the message
     * @return its offset
     */
    public CompletionStage<Long> appendAsync(@Nullable T value) {
        return resource.submit(TopicType.append(codec.encode(value), retained))
                .thenApply(payload -> new ByteReader(payload).varlong());
    }

    /**
     * Reads messages.
     *
     * @param from the first offset of interest; an older one than is kept reads from the oldest on
     * @param limit how many at most, 1 to 1,000; there may be fewer than there are, for a part has about 256 KiB at most
     * @param consistency how fresh the answer must be
     * @return a part, without messages at the end
     */
    public Part<T> read(long from, int limit, ReadConsistency consistency) {
        return Waiting.await(() -> readAsync(from, limit, consistency));
    }

    /**
     * See {@link #read}.
     *
     * @param from the first offset of interest
     * @param limit how many at most
     * @param consistency how fresh the answer must be
     * @return a part
     */
    public CompletionStage<Part<T>> readAsync(long from, int limit, ReadConsistency consistency) {
        Check.that(from >= 0, "from (%d) must not be negative", from);
        Check.between("limit", limit, 1, TopicType.MAX_PAGE);
        return resource.ask(TopicType.read(from, limit), consistency).thenApply(payload -> part(Page.decode(payload)));
    }

    private Part<T> part(Page page) {
        List<@Nullable T> messages = new ArrayList<>();
        page.values().forEach(value -> messages.add(codec.decode(value)));
        return new Part<>(page.oldest(), page.end(), page.first(), messages);
    }

    @Nullable T decoded(byte[] value) {
        return codec.decode(value);
    }

    /**
     * Follows the topic: every message from an offset on that is still kept, each once, in order; what is not, is told as a gap. Nothing is sent while nothing happens. To resume after a
     * restart, keep the offset of the last message that was dealt with, and subscribe from the next one.
     *
     * @param from the first offset of interest
     * @param listener receives the messages; a message on which it fails is logged and passed over
     * @return ends it
     */
    public Registration subscribe(long from, TopicListener<T> listener) {
        Check.that(from >= 0, "from (%d) must not be negative", from);
        TopicSubscription<T> subscription = new TopicSubscription<>(this, resource, listener, from);
        subscription.next();
        return subscription::close;
    }
}
