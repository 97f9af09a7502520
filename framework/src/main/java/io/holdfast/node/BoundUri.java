package io.holdfast.node;

import io.holdfast.core.Address;
import io.holdfast.transport.http.HttpServer;
import java.net.URI;
import java.util.Set;

/** Where a server of this node can be called from this machine. */
final class BoundUri {
    /** Hosts that a server listens on and nobody can call: that includes how Java writes the IPv6 one. */
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private BoundUri() {}

    static URI of(HttpServer server) {
        Address bound = server.address();
        return URI.create(
                "http://" + (WILDCARDS.contains(bound.host()) ? Address.of("127.0.0.1", bound.port()) : bound));
    }
}
