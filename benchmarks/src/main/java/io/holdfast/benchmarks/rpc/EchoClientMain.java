package io.holdfast.benchmarks.rpc;

import io.holdfast.benchmarks.run.ParentLines;
import io.holdfast.core.env.Environment;
import java.nio.file.Path;
import java.time.Duration;

/** The client's JVM: one peer, one connection for plaintext and one for TLS, a load for each line of the driver. */
final class EchoClientMain {
    private EchoClientMain() {}

    /** Arguments: peer, directory of the certificate, process id of the server, its ports for plaintext and TLS. */
    public static void main(String[] arguments) throws Exception {
        EchoPeer peer = Peers.named(arguments[0]);
        TlsFiles files = TlsFiles.in(Path.of(arguments[1]));
        ProcessHandle server = ProcessHandle.of(Long.parseLong(arguments[2])).orElseThrow();
        try (Environment environment = Environment.system();
                EchoClient plain = peer.connect(Integer.parseInt(arguments[3]), null);
                EchoClient tls = peer.connect(Integer.parseInt(arguments[4]), files)) {
            ParentLines parent = new ParentLines();
            ParentLines.say("ready");
            for (String line = parent.next(); line != null; line = parent.next()) {
                Cell cell = Cell.parse(line);
                Measurement measured = new ClosedLoop(environment, cell.tls() ? tls : plain, cell.inFlight())
                        .run(Duration.ofMillis(cell.warmMillis()), Duration.ofMillis(cell.millis()), server);
                ParentLines.say("measured " + measured.line());
            }
        }
        System.exit(0); // some peers leave threads behind
    }
}
