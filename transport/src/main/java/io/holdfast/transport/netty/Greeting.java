package io.holdfast.transport.netty;

import io.holdfast.core.NodeId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether two nodes may talk. Both sides check, so that a rule of one side holds in both directions. */
final class Greeting {
    /**
     * A refusal with the sentence that both sides see.
     *
     * @param code why
     * @param message value, rule, remedy
     */
    record Refused(Refusal code, String message) {
        void write(FrameWriter out) {
            out.begin(FrameType.REFUSE).writeByte(code.code());
            out.text(message, 2048);
            out.end();
        }
    }

    private Greeting() {}

    /** Checks a peer's hello against this node's own and against the peer's certificate; null if all is well. */
    static @Nullable Refused check(
            Hello own, Hello peer, @Nullable CertificateIdentity certificate, boolean requireNodeName) {
        if (Math.max(own.lowestVersion(), peer.lowestVersion())
                > Math.min(own.highestVersion(), peer.highestVersion())) {
            return refused(
                    Refusal.VERSION,
                    own,
                    peer,
                    "protocol versions (%d to %d) must overlap with %d to %d; upgrade the older node"
                            .formatted(
                                    peer.lowestVersion(),
                                    peer.highestVersion(),
                                    own.lowestVersion(),
                                    own.highestVersion()));
        }
        if (!own.cluster().equals(peer.cluster())) {
            return refused(
                    Refusal.CLUSTER,
                    own,
                    peer,
                    "cluster name (%s) must be %s; correct the cluster's name or the seeds"
                            .formatted(peer.cluster(), own.cluster()));
        }
        if (!own.clusterId().isEmpty()
                && !peer.clusterId().isEmpty()
                && !own.clusterId().equals(peer.clusterId())) {
            return refused(
                    Refusal.CLUSTER,
                    own,
                    peer,
                    ("cluster id (%s) must be %s: two clusters of one name have met; correct the seeds, or clear the data"
                                    + " directory of the node that should join")
                            .formatted(peer.clusterId(), own.clusterId()));
        }
        if (own.node().equals(peer.node()) && !own.address().equals(peer.address())) {
            return refused(
                    Refusal.CLUSTER,
                    own,
                    peer,
                    "node id (%s) is taken by %s; give one of them another id".formatted(peer.node(), own.address()));
        }
        return certificate == null ? null : checkCertificate(own, peer, certificate, requireNodeName);
    }

    private static @Nullable Refused checkCertificate(
            Hello own, Hello peer, CertificateIdentity certificate, boolean requireNodeName) {
        Optional<NodeId> named = certificate.node();
        if (named.isEmpty() && requireNodeName) {
            return refused(
                    Refusal.IDENTITY,
                    own,
                    peer,
                    "its certificate (%s) must name its node, as spiffe://domain/node/%s or %s.node.domain"
                            .formatted(certificate.principal(), peer.node(), peer.node()));
        }
        if (named.isPresent() && !named.get().equals(peer.node())) {
            return refused(
                    Refusal.IDENTITY,
                    own,
                    peer,
                    "it claims to be node %s, but its certificate names node %s; give each node its own certificate"
                            .formatted(peer.node(), named.get()));
        }
        return null;
    }

    private static Refused refused(Refusal code, Hello own, Hello peer, String why) {
        return new Refused(
                code,
                "node %s (%s) refused node %s (%s): %s"
                        .formatted(own.node(), own.address(), peer.node(), peer.address(), why));
    }
}
