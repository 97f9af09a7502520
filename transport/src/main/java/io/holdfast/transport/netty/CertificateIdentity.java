package io.holdfast.transport.netty;

import io.holdfast.core.NodeId;
import io.holdfast.core.security.Principal;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who a certificate says a peer is: its SPIFFE URI (SPIFFE X.509-SVID, section 2), else its first DNS name. The common name is not looked at (RFC 9525, section 2).
 *
 * @param principal the identity
 * @param node the node that it names: {@code .../node/id} in the URI's path, or the DNS name {@code id.node.domain}
 */
record CertificateIdentity(Principal principal, Optional<NodeId> node) {
    private static final int DNS = 2;
    private static final int URI = 6;

    /** The identity, or null if the certificate has no usable name. */
    static @Nullable CertificateIdentity of(X509Certificate certificate) {
        List<String> uris = names(certificate, URI).stream()
                .filter(uri -> uri.startsWith("spiffe://"))
                .toList();
        List<String> dns = names(certificate, DNS);
        if (uris.isEmpty() && dns.isEmpty()) {
            return null;
        }
        Principal principal = uris.isEmpty()
                ? new Principal(dns.get(0), Principal.Source.DNS_SAN)
                : new Principal(uris.get(0), Principal.Source.SPIFFE);
        return new CertificateIdentity(principal, nodeOf(uris, dns));
    }

    private static Optional<NodeId> nodeOf(List<String> uris, List<String> dns) {
        for (String uri : uris) {
            String[] path = uri.split("/", -1);
            if (path.length >= 5 && path[path.length - 2].equals("node")) {
                return Optional.of(NodeId.of(path[path.length - 1]));
            }
        }
        for (String name : dns) {
            String[] labels = name.split("\\.", -1);
            if (labels.length >= 2 && labels[1].equals("node")) {
                return Optional.of(NodeId.of(labels[0]));
            }
        }
        return Optional.empty();
    }

    private static List<String> names(X509Certificate certificate, int type) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> name.get(0).equals(type))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
