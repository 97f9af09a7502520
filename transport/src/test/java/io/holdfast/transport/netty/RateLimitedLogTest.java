package io.holdfast.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RateLimitedLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(RateLimitedLogTest.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long now = 5;
    private final RateLimitedLog log = new RateLimitedLog(logger, () -> now);

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    private List<String> told() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void onePeerIsToldOfOnceInTenSecondsAndThenWithTheNumberLeftOut() {
        log.warn(Refusal.CLUSTER, "x", "x is refused");
        log.warn(Refusal.CLUSTER, "x", "x is refused");
        log.warn(Refusal.CLUSTER, "x", "x is refused");
        now += TimeUnit.SECONDS.toNanos(10);
        log.warn(Refusal.CLUSTER, "x", "x is refused");

        assertThat(told()).containsExactly("x is refused", "x is refused (2 more like it were not logged)");
    }

    @Test
    void aSecondPeerOrAnotherReasonIsNotHiddenByTheFirst() {
        log.warn(Refusal.CLUSTER, "x", "x is refused");
        log.warn(Refusal.CLUSTER, "y", "y is refused");
        log.warn(Refusal.FULL, "x", "no room for x");

        assertThat(told()).containsExactly("x is refused", "y is refused", "no room for x");
    }

    @Test
    void peersWithEverNewNamesFillNeitherTheLogNorTheMemory() {
        for (int i = 0; i < 100_000; i++) {
            log.warn(Refusal.CLUSTER, "x" + i, "x" + i + " is refused");
        }
        assertThat(told()).hasSize(RateLimitedLog.MAX_PEERS + 1);

        now += TimeUnit.SECONDS.toNanos(10);
        log.warn(Refusal.CLUSTER, "y", "y is refused");
        assertThat(told()).last().isEqualTo("y is refused");
    }
}
