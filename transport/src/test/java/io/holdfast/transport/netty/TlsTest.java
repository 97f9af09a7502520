package io.holdfast.transport.netty;

import static io.holdfast.transport.netty.LinkTest.fill;
import static io.holdfast.transport.netty.TestNodes.config;
import static io.holdfast.transport.netty.TestNodes.failure;
import static io.holdfast.transport.netty.TestNodes.message;
import static io.holdfast.transport.netty.TestNodes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.Address;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.transport.Lane;
import io.holdfast.transport.TlsConfig;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.netty.pkitesting.CertificateBuilder.ExtendedKeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in by certificate, and who does not. */
class TlsTest {
    private final TestNodes nodes = new TestNodes();

    @TempDir
    Path folder;

    private TestCertificates certificates;

    @BeforeEach
    void makeAuthority() throws Exception {
        certificates = new TestCertificates(folder);
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    private NettyTransport server(TlsConfig tls) {
        NettyTransport server = nodes.start(TransportIdentity.of("server", "test"), config().withTls(tls));
        server.serve(
                "who",
                exchange -> exchange.reply(
                        String.valueOf(exchange.request().peer().principal()).getBytes(StandardCharsets.UTF_8)));
        return server;
    }

    private NettyTransport server() throws Exception {
        return server(certificates.issue(names -> names.addSanDnsName("server.node.test")));
    }

    private NettyTransport client(TlsConfig tls) {
        return nodes.start(TransportIdentity.of("client", "test"), config().withTls(tls));
    }

    private Throwable refusal(TlsConfig tls) throws Exception {
        return failure(client(tls).request(server().address(), message("who", "")));
    }

    @Test
    void thePrincipalIsTheSpiffeUriElseTheDnsName() throws Exception {
        NettyTransport server = server();
        URI spiffe = URI.create("spiffe://example.org/catalog");
        TlsConfig both =
                certificates.issue(names -> names.addSanDnsName("catalog.test").addSanUriName(spiffe));
        TlsConfig dns = certificates.issue(names -> names.addSanDnsName("catalog.test"));
        assertThat(text(client(both).request(server.address(), message("who", ""))))
                .isEqualTo(spiffe.toString());
        assertThat(text(client(dns).request(server.address(), message("who", ""))))
                .isEqualTo("catalog.test");
    }

    @Test
    void aCertificateThatNamesAnotherNodeIsRefused() throws Exception {
        assertThat(refusal(certificates.issue(
                        names -> names.addSanUriName(URI.create("spiffe://example.org/shop/node/other")))))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("claims to be node client, but its certificate names node other");
        assertThat(refusal(certificates.issue(names -> names.addSanDnsName("other.node.test"))))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void aCertificateWithoutANodesNameIsRefusedWhereOneIsDemanded() throws Exception {
        NettyTransport server = server(certificates
                .issue(names -> names.addSanDnsName("server.node.test"))
                .withRequireNodeName(true));
        TlsConfig unnamed = certificates.issue(names -> names.addSanDnsName("client.test"));
        assertThat(failure(client(unnamed).request(server.address(), message("who", ""))))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("must name its node");
        TlsConfig named = certificates.issue(names -> names.addSanDnsName("client.node.test"));
        assertThat(text(client(named).request(server.address(), message("who", ""))))
                .isEqualTo("client.node.test");
    }

    @Test
    void aServerWhoseCertificateNamesAnotherHostIsRefused() throws Exception {
        NettyTransport server = server(certificates.files(TestCertificates.leaf()
                .addSanIpAddress("10.9.9.9")
                .addSanDnsName("elsewhere.test")
                .buildIssuedBy(authority())));
        TlsConfig own = certificates.issue(names -> names.addSanDnsName("client.test"));
        assertThat(failure(client(own).request(server.address(), message("who", ""))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("TLS with");
        assertThat(text(client(own.withVerifyHost(false)).request(server.address(), message("who", ""))))
                .isEqualTo("client.test");
    }

    private X509Bundle authority() {
        return certificates.authority();
    }

    @Test
    void certificatesThatMustNotCountDoNot() throws Exception {
        var now = Instant.parse("2020-01-01T00:00:00Z");
        TlsConfig expired = certificates.issue(names -> names.notBefore(now).notAfter(now.plus(Duration.ofDays(1))));
        TlsConfig selfSigned = certificates.files(TestCertificates.leaf()
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned());
        TlsConfig otherAuthority = withCa(new TestCertificates(Files.createDirectory(folder.resolve("other")))
                .issue(names -> names.addSanDnsName("client.test")));
        TlsConfig serverOnly =
                certificates.issue(names -> names.addExtendedKeyUsage(ExtendedKeyUsage.PKIX_KP_SERVER_AUTH));
        for (TlsConfig bad : new TlsConfig[] {expired, selfSigned, otherAuthority, serverOnly}) {
            assertThat(refusal(bad)).isInstanceOf(HoldfastException.class).isNotInstanceOf(AccessDeniedException.class);
        }
        assertThat(nodes.failures("tls")).isPositive();
    }

    /** The right authority to trust, so that it is the server that refuses. */
    private TlsConfig withCa(TlsConfig config) throws Exception {
        return TlsConfig.of(
                config.certificate(),
                config.key(),
                certificates.issue(names -> names).ca());
    }

    @Test
    void aPlaintextPeerAtATlsPortAndTheReverseEndWithAHint() throws Exception {
        NettyTransport secure = server();
        NettyTransport plain = nodes.echo("plain");
        assertThat(failure(plain.request(secure.address(), message("who", ""))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("one side may use TLS");
        TlsConfig own = certificates.issue(names -> names.addSanDnsName("client.test"));
        assertThat(failure(client(own).request(plain.address(), message("who", ""))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("the other node speaks plaintext");
        assertThat(nodes.failures("malformed")).isEqualTo(1);
    }

    @Test
    void aClientWithoutACertificateDoesNotGetIn() throws Exception {
        Address server = server().address();
        SSLContext anonymous = SSLContext.getInstance("TLSv1.3");
        anonymous.init(null, trustAuthority(), null);
        try (SSLSocket socket = (SSLSocket) anonymous.getSocketFactory().createSocket(server.host(), server.port())) {
            socket.setSoTimeout(20_000);
            // the refusal may arrive while the client still writes
            assertThatThrownBy(() -> {
                        socket.getOutputStream().write(RawPeer.hello("anonymous"));
                        int first = socket.getInputStream().read();
                        throw new IOException("closed with " + first);
                    })
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(SSLException.class),
                            e -> assertThat(e).isInstanceOf(SocketException.class),
                            e -> assertThat(e).hasMessage("closed with -1"));
        }
    }

    private TrustManager[] trustAuthority() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", authority().getRootCertificate());
        trust.init(store);
        return trust.getTrustManagers();
    }

    @Test
    void nineBytesOfATlsHelloAreClosedInTime() throws Exception {
        TlsConfig tls = certificates.issue(names -> names);
        NettyTransport server = nodes.start(
                TransportIdentity.of("server", "test"),
                config().withTls(tls).withTiming(config().timing().withHandshakeTimeout(Duration.ofMillis(100))));
        try (Socket socket = RawPeer.connect(server.address())) {
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0x3f, (byte) 0xff, 1, 0, 0x3f, (byte) 0xfb});
            assertThat(socket.getInputStream().readAllBytes().length).isLessThan(100);
        }
    }

    @Test
    void aKeyThatOthersMayReadIsRefusedWithTheRemedy() throws Exception {
        TlsConfig tls = certificates.issue(names -> names);
        Files.setPosixFilePermissions(tls.key(), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> server(tls))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chmod 600 " + tls.key());
    }

    @Test
    void aMissingOrBrokenFileIsNamed() throws Exception {
        TlsConfig good = certificates.issue(names -> names);
        assertThatThrownBy(() -> server(TlsConfig.of(folder.resolve("none.pem"), good.key(), good.ca())))
                .hasMessageContaining("tls certificate (" + folder.resolve("none.pem"));
        Path broken = Files.writeString(folder.resolve("broken.pem"), "nothing");
        assertThatThrownBy(() -> server(TlsConfig.of(broken, good.key(), good.ca())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("broken.pem");
    }

    @Test
    void aBindBeyondLoopbackNeedsTlsOrTheWordInsecure() throws Exception {
        Address everywhere = Address.of("10.0.0.1", 7946);
        assertThatThrownBy(() -> TransportConfig.local().withBind(Address.of("127.example.com", 1)))
                .as("a name that only looks like loopback")
                .hasMessageContaining("beyond loopback");
        assertThatThrownBy(() -> TransportConfig.local().withBind(everywhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("transport.insecure=true");
        TlsConfig tls = certificates.issue(names -> names);
        assertThat(TransportConfig.local().withTls(tls).withBind(everywhere).bind())
                .isEqualTo(everywhere);
        assertThatThrownBy(() -> TransportConfig.local().withTls(tls).withBind(Address.of("0.0.0.0", 1)))
                .hasMessageContaining("holdfast.node.advertise");
    }

    @Test
    void theLanesKeepTheirOrderOnASaturatedLinkOverTls() throws Exception {
        NettyTransport server = server();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch arrived = new CountDownLatch(1201);
        List<String> routes = Collections.synchronizedList(new ArrayList<>());
        for (String route : List.of("bulk", "call", "control")) {
            server.receive(route, message -> {
                try {
                    release.await(30, TimeUnit.SECONDS); // on the I/O thread: this peer reads nothing meanwhile
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                routes.add(route);
                arrived.countDown();
            });
        }
        NettyTransport client = client(certificates.issue(names -> names.addSanDnsName("client.node.test")));
        CompletionStage<Void> first = fill(client, server.address(), "bulk", Lane.BULK, 600);
        first.toCompletableFuture().get(30, TimeUnit.SECONDS);
        fill(client, server.address(), "call", Lane.CALL, 600);
        fill(client, server.address(), "control", Lane.CONTROL, 1);
        release.countDown();

        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        int control = routes.indexOf("control");
        assertThat(routes.subList(control, 1201).stream().filter("call"::equals))
                .as("calls that wait while control goes")
                .hasSizeGreaterThan(100);
        assertThat(routes.subList(routes.lastIndexOf("call"), 1201).stream().filter("bulk"::equals))
                .as("bulk that waits while all calls go")
                .hasSizeGreaterThan(100);
    }
}
