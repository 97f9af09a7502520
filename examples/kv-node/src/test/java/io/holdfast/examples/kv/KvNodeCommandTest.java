package io.holdfast.examples.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.env.FileCells;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What somebody reads who starts a node in a wrong way. */
class KvNodeCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        CommandLine line = KvNode.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(args);
    }

    @Test
    void theCommandsInTheHelpStandOnOneLineEachSoThatTheyCanBeCopied() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString())
                .containsPattern("(?m)^  java -jar kv-node.jar --id c .* --data /tmp/kv-c --seeds 127.0.0.1:7001$");
    }

    @Test
    void aWrongFlagIsAnsweredWithWhatIsWrongAndNotWithAllFlags() {
        assertThat(execute()).isEqualTo(2);
        assertThat(execute("--id=a", "--dta=x")).isEqualTo(2);
        assertThat(execute("--id=a", "--expect=many")).isEqualTo(2);
        assertThat(execute("--id=a", "--http=nohost")).isEqualTo(2);
        assertThat(execute("--id=a", "--set=zone=a")).isEqualTo(2);
        assertThat(execute("--id=a", "--set=holdfast.node.zone")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--id", "--dta", "--expect", "many")
                .contains("--http: address (nohost) must be host:port")
                .contains("--set (zone) must name a key of docs/configuration.md")
                .contains("should be in KEY=VALUE format but was holdfast.node.zone")
                .doesNotContain("Usage:");
    }

    @Test
    void aNodeThatCannotStartSaysWhyWithoutAStackTrace(@TempDir Path folder) {
        FileCells.open(folder, "another").close();
        assertThat(execute("--id=a", "--data=" + folder)).isEqualTo(1);
        assertThat(execute("--id=a", "--seeds=nonsense")).isEqualTo(1);
        assertThat(execute("--id=a", "--set=holdfast.consenus.voters=3")).isEqualTo(1);
        assertThat(err.toString())
                .contains("belongs to node another, not to a")
                .contains("seeds (nonsense)")
                .contains("did you mean holdfast.consensus.voters")
                .doesNotContain("\tat ");
    }
}
