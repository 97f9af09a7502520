package io.holdfast.consensus.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** A voter counts as lost only if its machine said so, or nothing came from it. */
class VoterProbeTest {
    @Test
    void whoAcceptsIsThereAndWhoRefusesIsNot() throws IOException {
        Address address;
        try (ServerSocket open = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            address = new Address("127.0.0.1", open.getLocalPort());
            assertThat(VoterProbe.connect(address)).isEqualTo(new VoterProbe.There());
        }
        assertThat(VoterProbe.connect(address)).isEqualTo(new VoterProbe.Silent());
    }

    @Test
    void aNameThatNobodyKnowsWasNotAsked() {
        assertThat(VoterProbe.connect(InetSocketAddress.createUnresolved("lost.example", 7001)))
                .isInstanceOfSatisfying(
                        VoterProbe.NotAsked.class,
                        not -> assertThat(not.reason()).contains("lost.example", "IP address"));
    }

    @Test
    void whatKeepsThisMachineFromAskingSaysNothingOfTheVoter() {
        assertThat(VoterProbe.of(new ConnectException("Network is unreachable")))
                .isInstanceOf(VoterProbe.NotAsked.class);
        assertThat(VoterProbe.of(new NoRouteToHostException("Network is unreachable")))
                .isInstanceOf(VoterProbe.NotAsked.class);
        assertThat(VoterProbe.of(new SocketException("Operation not permitted")))
                .isInstanceOf(VoterProbe.NotAsked.class);
        assertThat(VoterProbe.of(new UnknownHostException("x"))).isInstanceOf(VoterProbe.NotAsked.class);
    }

    @Test
    void aHostThatIsDeadIsSilent() {
        assertThat(VoterProbe.of(new ConnectException("Connection refused"))).isEqualTo(new VoterProbe.Silent());
        assertThat(VoterProbe.of(new SocketTimeoutException("Connect timed out")))
                .isEqualTo(new VoterProbe.Silent());
        assertThat(VoterProbe.of(new NoRouteToHostException("No route to host")))
                .isEqualTo(new VoterProbe.Silent());
    }
}
