package io.holdfast.transport;

import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.nio.file.Path;

/**
 * TLS 1.3 with certificates on both sides, from PEM files (RFC 7468).
 *
 * @param certificate this node's certificate chain
 * @param key this node's private key
 * @param ca whom this node trusts
 * @param verifyHost whether a dialled node's certificate must name the host that was dialled
 * @param requireNodeName whether a peer's certificate must name its node
 */
public record TlsConfig(
        @Doc("PEM file with this node's certificate, followed by its intermediates.")
        Path certificate,

        @Doc("PEM file with this node's private key (PKCS #8, not encrypted); readable by its owner only.")
        Path key,

        @Doc("PEM file with the certificates of the authorities whose nodes are trusted.")
        Path ca,

        @Doc(
                "Whether the certificate of a dialled node must name the dialled host as DNS name or IP address (RFC 9525).")
        @Default("true")
        boolean verifyHost,

        @Doc(
                "Whether a certificate must name its node, as the URI spiffe://domain/.../node/id or the DNS name id.node.domain."
                        + " A certificate that names a node is held to it either way.")
        @Default("false")
        boolean requireNodeName) {
    /**
     * TLS with the default checks.
     *
     * @param certificate the certificate chain
     * @param key the private key
     * @param ca the trusted authorities
     * @return the block
     */
    public static TlsConfig of(Path certificate, Path key, Path ca) {
        return new TlsConfig(certificate, key, ca, true, false);
    }

    /**
     * This block with or without the check of the dialled host.
     *
     * @param value whether to check
     * @return a copy
     */
    public TlsConfig withVerifyHost(boolean value) {
        return new TlsConfig(certificate, key, ca, value, requireNodeName);
    }

    /**
     * This block with or without the demand for a node's name in each certificate.
     *
     * @param value whether to demand it
     * @return a copy
     */
    public TlsConfig withRequireNodeName(boolean value) {
        return new TlsConfig(certificate, key, ca, verifyHost, value);
    }
}
