package io.holdfast.transport.netty;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.transport.Transport;
import io.holdfast.testkit.contract.TransportContract;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract over TLS 1.3 with certificates on both sides. */
class NettyTransportTlsTest extends TransportContract {
    private static final Environment ENVIRONMENT = Environment.system();

    @TempDir
    static Path folder;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeAuthority() throws Exception {
        certificates = new TestCertificates(folder);
    }

    @AfterAll
    static void closeEnvironment() {
        ENVIRONMENT.close();
    }

    @Override
    protected Transport start(String node) throws Exception {
        TransportConfig config = TransportConfig.local()
                .withThreads(1)
                .withTls(certificates
                        .issue(names -> names.addSanDnsName(node + ".node.test"))
                        .withRequireNodeName(true));
        return NettyTransport.start(TransportIdentity.of(node, "test"), config, ENVIRONMENT, new SimpleMeterRegistry());
    }

    @Override
    protected MonotonicClock clock() {
        return ENVIRONMENT.clock();
    }
}
