package io.holdfast.examples.streaming.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        CommandLine line = Demo.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(args);
    }

    @Test
    void explainsItself() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString())
                .contains("--headless", "--seconds", "--rolling", "--kill", "leader", "follower", "--base-port");
    }

    @Test
    void refusesWrongUsageWithStatusTwoAndTheRule() {
        assertThat(execute("--bogus")).isEqualTo(2);
        assertThat(err.toString()).contains("Unknown option: '--bogus'").contains("Usage: ./demo");
        assertThat(execute("--seconds", "2")).isEqualTo(2);
        assertThat(err.toString()).contains("--seconds (2) must be between 8 and 3600");
        assertThat(execute("--rate", "many")).isEqualTo(2);
        assertThat(execute("--base-port", "80")).isEqualTo(2);
        assertThat(execute("--kill", "everybody")).isEqualTo(2);
        assertThat(execute("stray")).isEqualTo(2);
    }

    @Test
    void namesTheKnownScenariosWhereOneIsUnknown() {
        assertThat(execute("--scenario", "flood")).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "--scenario (flood) must be one of slow-recommendation, retry-storm, overload, bad-canary, kill, rebalance");
    }

    @Test
    void refusesAScenarioTogetherWithSomethingElseThatHappens() {
        assertThat(execute("--scenario", "kill", "--rolling")).isEqualTo(2);
        assertThat(err.toString()).contains("--scenario (kill) says itself what happens; leave --rolling out");
        assertThat(execute("--scenario", "kill", "--kill", "follower")).isEqualTo(2);
        assertThat(err.toString()).contains("leave --kill out");
        assertThat(execute("--scenario", "overload", "--chaos")).isEqualTo(2);
        assertThat(err.toString()).contains("leave --chaos out");
    }

    @Test
    void itsHelpNamesEveryScenario() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString().replaceAll("\\s+", " ")).contains(Scenarios.names());
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int base = taken.getLocalPort() - 4;
            assertThat(execute("--headless", "--base-port", Integer.toString(base)))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("is in use; give another --base-port, or leave it out");
        }
    }
}
