package io.holdfast.benchmarks.consensus;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where one node listens, on the loopback interface.
 *
 * @param peers for the other nodes
 * @param election for the other nodes too, where a peer wants a second port
 * @param clients for clients
 */
record NodePorts(int peers, int election, int clients) {
    static final String HOST = "127.0.0.1";

    /** Ports that are free now. They stay the same over restarts of a node, so they cannot be left to the nodes. */
    static List<NodePorts> free(int nodes) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * nodes; i++) {
                ServerSocket socket = new ServerSocket();
                held.add(socket);
                socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), 0));
            }
            List<NodePorts> ports = new ArrayList<>();
            for (int i = 0; i < 3 * nodes; i += 3) {
                ports.add(new NodePorts(
                        held.get(i).getLocalPort(),
                        held.get(i + 1).getLocalPort(),
                        held.get(i + 2).getLocalPort()));
            }
            return ports;
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    static String format(List<NodePorts> nodes) {
        return nodes.stream()
                .map(node -> node.peers() + ":" + node.election() + ":" + node.clients())
                .collect(Collectors.joining(","));
    }

    static List<NodePorts> parse(String text) {
        List<NodePorts> nodes = new ArrayList<>();
        for (String node : text.split(",", -1)) {
            String[] ports = node.split(":", -1);
            nodes.add(
                    new NodePorts(Integer.parseInt(ports[0]), Integer.parseInt(ports[1]), Integer.parseInt(ports[2])));
        }
        return List.copyOf(nodes);
    }
}
