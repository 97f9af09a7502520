package io.holdfast.transport;

import io.holdfast.core.Check;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * The bounds of a transport's queues and tables.
 *
 * @param queuedMessages messages that wait in one lane of a connection
 * @param queuedBytes bytes that wait in one lane of a connection
 * @param inFlight requests and streams of a connection without an answer
 * @param inFlightBytes payload bytes of requests that a connection's handlers hold
 * @param connections connections that others have made
 * @param ungreeted connections whose other side has not said hello yet
 * @param peers addresses to which this node keeps or makes connections
 */
public record TransportLimits(
        @Doc(
                "Messages that may wait in one lane of a connection; further ones fail with OverloadedException before anything is sent.")
        @Default("65536")
        int queuedMessages,

        @Doc(
                "Bytes that may wait in one lane of a connection; further messages fail with OverloadedException before anything is sent.")
        @Default("64MiB")
        DataSize queuedBytes,

        @Doc(
                "Requests and streams of one connection that wait for an answer; further ones fail with OverloadedException.")
        @Default("65536")
        int inFlight,

        @Doc(
                "Payload bytes of requests of one connection that handlers work on; further ones are refused with OverloadedException.")
        @Default("128MiB")
        DataSize inFlightBytes,

        @Doc("Connections that other nodes have made to this one; a further one is refused with a message.")
        @Default("4096")
        int connections,

        @Doc("Connections that have not said hello; at the bound the oldest of them is closed.") @Default("256")
        int ungreeted,

        @Doc(
                "Addresses to which this node keeps connections; at the bound those without a connection are forgotten, and if there are none, calls fail.")
        @Default("4096")
        int peers) {
    /**
     * Validates the bounds.
     *
     * @param queuedMessages messages that wait in one lane of a connection
     * @param queuedBytes bytes that wait in one lane of a connection
     * @param inFlight requests and streams of a connection without an answer
     * @param inFlightBytes payload bytes of requests that a connection's handlers hold
     * @param connections connections that others have made
     * @param ungreeted connections whose other side has not said hello yet
     * @param peers addresses to which this node keeps or makes connections
     * @throws IllegalArgumentException if one of them is out of range
     */
    public TransportLimits {
        Check.between("queued-messages", queuedMessages, 1, 1 << 24);
        Check.between("queued-bytes", queuedBytes.bytes(), 1024, 1L << 32);
        Check.between("in-flight", inFlight, 1, 1 << 24);
        Check.between("in-flight-bytes", inFlightBytes.bytes(), 1024, 1L << 36);
        Check.between("connections", connections, 1, 1 << 20);
        Check.between("ungreeted", ungreeted, 1, 1 << 16);
        Check.between("peers", peers, 1, 1 << 20);
    }

    /**
     * The default bounds.
     *
     * @return the bounds
     */
    public static TransportLimits defaults() {
        return new TransportLimits(65_536, mebibytes(64), 65_536, mebibytes(128), 4096, 256, 4096);
    }

    private static DataSize mebibytes(long count) {
        return new DataSize(count * 1024 * 1024);
    }

    /**
     * These bounds with another queue.
     *
     * @param messages messages in one lane
     * @param bytes bytes in one lane
     * @return a copy
     */
    public TransportLimits withQueue(int messages, DataSize bytes) {
        return new TransportLimits(messages, bytes, inFlight, inFlightBytes, connections, ungreeted, peers);
    }

    /**
     * These bounds with another number of requests in flight.
     *
     * @param value requests and streams of one connection
     * @return a copy
     */
    public TransportLimits withInFlight(int value) {
        return new TransportLimits(queuedMessages, queuedBytes, value, inFlightBytes, connections, ungreeted, peers);
    }

    /**
     * These bounds with other numbers of connections.
     *
     * @param value connections that others have made
     * @param silent those of them without a hello
     * @return a copy
     */
    public TransportLimits withConnections(int value, int silent) {
        return new TransportLimits(queuedMessages, queuedBytes, inFlight, inFlightBytes, value, silent, peers);
    }
}
