package io.holdfast.examples.streaming.demo;

import io.holdfast.core.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where one node of the demo listens, all on the loopback interface.
 *
 * @param cluster for the other nodes
 * @param gateway for browsers
 * @param admin for operators
 */
record NodePorts(int cluster, int gateway, int admin) {
    private static final int PORTS_A_NODE = 3;
    private static final int TRIES = 50;

    /** Below the range from which systems take the ports of outgoing connections: a node that comes back must find its ports free. */
    private static final int FIRST = 10_000;

    private static final int LAST = 32_000;

    /** The ports that the user asked for; refuses if one is taken. */
    static List<NodePorts> from(int base, int nodes) {
        for (int port = base; port < base + nodes * PORTS_A_NODE; port++) {
            if (taken(port)) {
                throw new UnavailableException("port " + port + " (--base-port " + base + " needs " + base + " to "
                        + (base + nodes * PORTS_A_NODE - 1) + ") is in use; give another --base-port, or leave it out");
            }
        }
        List<NodePorts> ports = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            int first = base + node * PORTS_A_NODE;
            ports.add(new NodePorts(first, first + 1, first + 2));
        }
        return List.copyOf(ports);
    }

    /** Ports that are free now. */
    static List<NodePorts> free(int nodes, RandomGenerator random) {
        for (int i = 0; i < TRIES; i++) {
            try {
                return from(random.nextInt(FIRST, LAST), nodes);
            } catch (UnavailableException taken) {
                // another place
            }
        }
        throw new UnavailableException("no " + nodes * PORTS_A_NODE + " free ports in a row between " + FIRST + " and "
                + LAST + "; name some with --base-port");
    }

    private static boolean taken(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return !socket.isBound();
        } catch (IOException e) {
            return true;
        }
    }
}
