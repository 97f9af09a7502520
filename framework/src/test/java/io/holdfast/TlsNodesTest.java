package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.security.Principal;
import io.holdfast.service.RemoteService;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are configured for mutual TLS by keys alone, as a user does it. */
class TlsNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @RemoteService("whoami")
    public interface WhoAmI {
        String caller();
    }

    @TempDir
    Path folder;

    private X509Bundle authority;
    private HoldfastNode one;

    @BeforeEach
    void startOne() throws Exception {
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=test authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        one = secured("one", "one").start().awaitReady(LIMIT);
        one.host((WhoAmI) () -> String.valueOf(CallContext.current().principal().orElse(null)));
    }

    @AfterEach
    void close() {
        one.close();
    }

    private NodeBuilder secured(String id, String named) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=" + named)
                .addSanIpAddress("127.0.0.1")
                .addSanUriName(URI.create("spiffe://holdfast.test/zone/a/node/" + named))
                .buildIssuedBy(authority);
        Path key = write(id + ".key", bundle.getPrivateKeyPEM());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return Holdfast.node(id)
                .set(
                        "holdfast.transport.tls.certificate",
                        write(id + ".pem", bundle.getCertificatePathPEM()).toString())
                .set("holdfast.transport.tls.key", key.toString())
                .set(
                        "holdfast.transport.tls.ca",
                        write("ca.pem", authority.getRootCertificatePEM()).toString())
                .set("holdfast.transport.tls.require-node-name", "true");
    }

    private Path write(String name, String pem) throws Exception {
        return Files.writeString(folder.resolve(name), pem);
    }

    @Test
    void theCallersCertificateReachesTheMethodAsThePrincipal() throws Exception {
        try (HoldfastNode two =
                secured("two", "two").seeds(one.address().toString()).start().awaitReady(LIMIT)) {
            two.services()
                    .awaitInstances(ServiceName.of("whoami"), 1, LIMIT)
                    .toCompletableFuture()
                    .join();
            WhoAmI client = two.client(WhoAmI.class);
            assertThat(client.caller()).isEqualTo("spiffe://holdfast.test/zone/a/node/two");
            assertThat(as(new Principal("spiffe://holdfast.test/zone/a/node/one", Principal.Source.SPIFFE), client))
                    .as("a claim to be somebody else")
                    .isEqualTo("spiffe://holdfast.test/zone/a/node/two");
            assertThat(as(new Principal("eve", Principal.Source.TOKEN), client))
                    .as("on behalf of a user whose token was checked")
                    .isEqualTo("eve");
        }
    }

    private static String as(Principal principal, WhoAmI client) throws Exception {
        return CallContext.EMPTY.withPrincipal(principal).call(client::caller);
    }

    @Test
    void aNodeWithoutACertificateOrWithAnotherNodesIsNotLetIn() throws Exception {
        try (HoldfastNode plain =
                Holdfast.node("plain").seeds(one.address().toString()).start()) {
            assertThatThrownBy(() -> plain.awaitReady(Duration.ofSeconds(1))).isInstanceOf(UnavailableException.class);
            assertThat(plain.ready()).isFalse();
        }
        assertThatThrownBy(() -> {
                    try (HoldfastNode thief = secured("thief", "two")
                            .seeds(one.address().toString())
                            .start()) {
                        thief.awaitReady(Duration.ofSeconds(1));
                    }
                })
                .isInstanceOf(HoldfastException.class);
        assertThat(one.membership().members()).hasSize(1);
    }

    @Test
    void withTlsANodeMayListenBeyondLoopback() throws Exception {
        try (HoldfastNode open = secured("open", "open")
                .bind("0.0.0.0", 0)
                .advertise("127.0.0.1", 1)
                .start()) {
            assertThat(open.awaitReady(LIMIT).ready()).isTrue();
        }
    }
}
