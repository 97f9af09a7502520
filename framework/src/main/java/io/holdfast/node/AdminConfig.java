package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * Where the admin endpoint listens: {@code holdfast.admin}.
 *
 * @param host the interface
 * @param port the port
 * @param remoteChanges whether other machines may change something
 */
public record AdminConfig(
        @Doc("The interface of the admin endpoint. It has no authentication: what reaches it may read it.")
        @Default("127.0.0.1")
        String host,

        @Doc("The port of the admin endpoint; 0 takes a free one.") @Default("0")
        int port,

        @Doc(
                "Whether requests from other machines may change something, as POST /admin/consensus/backup does. Without it they are answered with 403; a proxy on this machine counts as this machine and must name a loopback host.")
        @Default("false")
        boolean remoteChanges) {
    /**
     * Validates the port.
     *
     * @param host as the component
     * @param port as the component
     * @param remoteChanges as the component
     * @throws IllegalArgumentException if it is out of range
     */
    public AdminConfig {
        Check.between("port", port, 0, 65_535);
    }
}
