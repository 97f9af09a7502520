package io.holdfast.transport.netty;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.transport.Transport;
import io.holdfast.testkit.contract.TransportContract;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;

/** The contract over real sockets, in plaintext. */
class NettyTransportTest extends TransportContract {
    private static final Environment ENVIRONMENT = Environment.system();

    @AfterAll
    static void closeEnvironment() {
        ENVIRONMENT.close();
    }

    @Override
    protected Transport start(String node) {
        return NettyTransport.start(
                TransportIdentity.of(node, "test"),
                TransportConfig.local().withThreads(1),
                ENVIRONMENT,
                new SimpleMeterRegistry());
    }

    @Override
    protected MonotonicClock clock() {
        return ENVIRONMENT.clock();
    }
}
