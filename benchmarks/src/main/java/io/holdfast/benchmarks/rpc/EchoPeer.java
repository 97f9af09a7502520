package io.holdfast.benchmarks.rpc;

import org.jspecify.annotations.Nullable;

/** A library that can carry the echo. */
interface EchoPeer {
    /**
     * Serves the echo on a free port of the loopback interface.
     *
     * @param tls certificate and key, or null for plaintext
     * @return the running server
     */
    Server serve(@Nullable TlsFiles tls) throws Exception;

    /**
     * Connects to the echo.
     *
     * @param port where it is served
     * @param tls what to trust, or null for plaintext
     * @return the client
     */
    EchoClient connect(int port, @Nullable TlsFiles tls) throws Exception;

    /**
     * A running server.
     *
     * @param port where it listens
     * @param close ends it
     */
    record Server(int port, AutoCloseable close) {}
}
