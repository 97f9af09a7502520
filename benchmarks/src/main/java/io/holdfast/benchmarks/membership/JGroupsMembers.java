package io.holdfast.benchmarks.membership;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.PhysicalAddress;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.conf.ConfiguratorFactory;
import org.jgroups.conf.ProtocolConfiguration;
import org.jgroups.conf.ProtocolStackConfigurator;

/** JGroups with its own tcp.xml; only addresses are set, and in the fast setting the failure detection. */
final class JGroupsMembers implements MemberFactory {
    private static final Map<String, Map<String, String>> FAST = Map.of(
            "FD_ALL3", Map.of("timeout", "1000", "interval", "200"),
            "VERIFY_SUSPECT2", Map.of("timeout", "200"));

    private final Map<String, Map<String, String>> changes;

    private JGroupsMembers(Map<String, Map<String, String>> changes) {
        this.changes = changes;
    }

    static MemberFactory defaults() {
        return new JGroupsMembers(Map.of());
    }

    static MemberFactory fast() {
        return new JGroupsMembers(FAST);
    }

    @Override
    public ClusterMember start(String name, String seed, Runnable changed) throws Exception {
        ProtocolStackConfigurator stack = ConfiguratorFactory.getStackConfigurator("tcp.xml");
        for (ProtocolConfiguration protocol : stack.getProtocolStack()) {
            Map<String, String> properties = protocol.getProperties();
            switch (protocol.getProtocolName()) {
                case "TCP" -> {
                    properties.put("bind_addr", "127.0.0.1");
                    properties.put("bind_port", Integer.toString(freePort())); // its TCP refuses port 0
                }
                case "TCPPING" -> {
                    properties.put("initial_hosts", seed.isEmpty() ? "127.0.0.1[1]" : seed);
                    properties.put("port_range", "0");
                }
                default -> properties.putAll(changes.getOrDefault(protocol.getProtocolName(), Map.of()));
            }
        }
        JChannel channel = new JChannel(stack);
        channel.setName(name);
        channel.setReceiver(new Receiver() {
            @Override
            public void viewAccepted(View view) {
                changed.run();
            }
        });
        channel.connect("benchmark");
        return new Channel(channel);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private record Channel(JChannel channel) implements ClusterMember {
        @Override
        public String address() {
            var address = (PhysicalAddress) channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, channel.getAddress()));
            String text = address.printIpAddress(); // host:port
            int colon = text.lastIndexOf(':');
            return text.substring(0, colon) + "[" + text.substring(colon + 1) + "]";
        }

        @Override
        public int size() {
            View view = channel.getView();
            return view == null ? 0 : view.size();
        }
    }
}
