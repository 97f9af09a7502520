package io.holdfast.benchmarks.rpc;

import io.holdfast.benchmarks.run.ParentLines;
import java.nio.file.Path;

/** The server's JVM: one peer, plaintext and TLS, until the driver goes. */
final class EchoServerMain {
    private EchoServerMain() {}

    /** Arguments: peer, directory of the certificate. */
    public static void main(String[] arguments) throws Exception {
        EchoPeer peer = Peers.named(arguments[0]);
        EchoPeer.Server plain = peer.serve(null);
        EchoPeer.Server tls = peer.serve(TlsFiles.in(Path.of(arguments[1])));
        ParentLines.say("ready " + plain.port() + " " + tls.port());
        ParentLines parent = new ParentLines();
        while (parent.next() != null) {
            // the driver has nothing to say; the end of its lines is the end of this process
        }
        plain.close().close();
        tls.close().close();
        System.exit(0); // some peers leave threads behind
    }
}
