package io.holdfast.testkit.sim;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How a link treats each message.
 *
 * <p>Messages of one link keep their order unless {@code reorder} strikes, as on one connection. A lost message is lost: nothing below the protocol sends it again.
 *
 * @param delay the least time on the way
 * @param jitter up to so much is added, evenly distributed
 * @param loss the share of messages that vanish
 * @param duplicate the share of messages that arrive twice
 * @param reorder the share of messages that take up to ten times {@code delay + jitter} longer and are overtaken
 */
public record LinkFaults(Duration delay, Duration jitter, double loss, double duplicate, double reorder) {
    /**
     * Validates the values.
     *
     * @param delay as the component
     * @param jitter as the component
     * @param loss as the component
     * @param duplicate as the component
     * @param reorder as the component
     * @throws IllegalArgumentException if a duration is negative or a share is no ratio
     */
    public LinkFaults {
        Check.notNegative("link delay", delay);
        Check.notNegative("link jitter", jitter);
        Check.ratio("link loss", loss);
        Check.ratio("link duplicate", duplicate);
        Check.ratio("link reorder", reorder);
    }

    /**
     * A healthy local network: 0.2 ms and up to 0.3 ms more, no loss.
     *
     * @return the faults
     */
    public static LinkFaults lan() {
        return new LinkFaults(Duration.ofNanos(200_000), Duration.ofNanos(300_000), 0, 0, 0);
    }

    /**
     * A healthy wide area network: 40 ms and up to 10 ms more, no loss.
     *
     * @return the faults
     */
    public static LinkFaults wan() {
        return new LinkFaults(Duration.ofMillis(40), Duration.ofMillis(10), 0, 0, 0);
    }

    /**
     * A network that does everything a protocol must survive: loss 5 %, duplicates 2 %, reordering 5 %, delays of 1 to 20 ms.
     *
     * @return the faults
     */
    public static LinkFaults hostile() {
        return new LinkFaults(Duration.ofMillis(1), Duration.ofMillis(19), 0.05, 0.02, 0.05);
    }

    /**
     * These faults with other delays.
     *
     * @param least the least time on the way
     * @param added up to so much more
     * @return a copy
     */
    public LinkFaults withDelay(Duration least, Duration added) {
        return new LinkFaults(least, added, loss, duplicate, reorder);
    }

    /**
     * These faults with another loss.
     *
     * @param value the share of messages that vanish
     * @return a copy
     */
    public LinkFaults withLoss(double value) {
        return new LinkFaults(delay, jitter, value, duplicate, reorder);
    }

    /**
     * These faults with another share of duplicates.
     *
     * @param value the share of messages that arrive twice
     * @return a copy
     */
    public LinkFaults withDuplicate(double value) {
        return new LinkFaults(delay, jitter, loss, value, reorder);
    }

    /**
     * These faults with another share of overtaken messages.
     *
     * @param value the share of messages that are overtaken
     * @return a copy
     */
    public LinkFaults withReorder(double value) {
        return new LinkFaults(delay, jitter, loss, duplicate, value);
    }
}
