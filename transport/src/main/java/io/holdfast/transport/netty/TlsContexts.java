package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.transport.TlsConfig;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 by the JDK's engine and its own trust manager, which checks dates, usage and, where asked, the host: a trust manager of one's own is how such checks got lost
 * elsewhere (CVE-2026-50010). Safe for use by many threads.
 */
final class TlsContexts {
    private final TlsConfig config;
    private final SslContext server;
    private final SslContext client;
    private final Duration handshakeTimeout;

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException if a file is missing, holds no such thing, or the key may be read by others; the message says which and what to do
     */
    TlsContexts(TlsConfig config, Duration handshakeTimeout) {
        this.config = config;
        this.handshakeTimeout = handshakeTimeout;
        readable("certificate", config.certificate());
        readable("key", config.key());
        readable("ca", config.ca());
        refuseOpenKey(config.key());
        try {
            server = common(SslContextBuilder.forServer(
                            config.certificate().toFile(), config.key().toFile()))
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
            client = common(SslContextBuilder.forClient()
                            .keyManager(
                                    config.certificate().toFile(), config.key().toFile()))
                    .endpointIdentificationAlgorithm(config.verifyHost() ? "HTTPS" : null)
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "tls files (" + config.certificate() + ", " + config.key() + ", " + config.ca()
                            + ") must be PEM: a certificate chain, its PKCS #8 key without password, and authorities: "
                            + e.getMessage(),
                    e);
        }
    }

    private SslContextBuilder common(SslContextBuilder builder) {
        return builder.sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .trustManager(config.ca().toFile());
    }

    private static void readable(String name, Path file) {
        Check.that(
                Files.isReadable(file),
                "tls %s (%s) must be a readable file; correct the path or its permissions",
                name,
                file);
    }

    private static void refuseOpenKey(Path key) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(key, PosixFileAttributeView.class);
            if (view == null) {
                return;
            }
            Set<PosixFilePermission> permissions = view.readAttributes().permissions();
            boolean open = permissions.stream().anyMatch(p -> !p.name().startsWith("OWNER"));
            Check.that(!open, "tls key (%s) is open to other users (%s); run: chmod 600 %s", key, permissions, key);
        } catch (IOException e) {
            throw new UncheckedIOException("the permissions of tls key (" + key + ") cannot be read", e);
        }
    }

    SslHandler forServer(ByteBufAllocator allocator) {
        return timed(server.newHandler(allocator));
    }

    SslHandler forClient(ByteBufAllocator allocator, Address to) {
        return timed(client.newHandler(allocator, to.host(), to.port()));
    }

    private SslHandler timed(SslHandler handler) {
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        return handler;
    }

    boolean requireNodeName() {
        return config.requireNodeName();
    }

    /** Who the peer is, by the certificate that the handshake has verified. */
    static @Nullable CertificateIdentity identity(SslHandler handler) {
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            return chain[0] instanceof X509Certificate leaf ? CertificateIdentity.of(leaf) : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
