package io.holdfast.consensus.ratis;

import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Echoes its commands and queries and keeps nothing. */
final class EchoState implements ReplicatedLog.Applier {
    @Override
    public byte[] apply(long index, long logNanos, byte[] command) {
        return command;
    }

    @Override
    public byte[] query(long index, byte[] query) {
        return query;
    }

    @Override
    public ReplicatedLog.Capture capture() {
        return new ReplicatedLog.Capture() {
            @Override
            public void writeTo(OutputStream out) {}

            @Override
            public void close() {}
        };
    }

    @Override
    public void restore(long index, InputStream snapshot) throws IOException {
        if (snapshot.read() >= 0) {
            throw new IOException("a snapshot of nothing has bytes");
        }
    }
}
