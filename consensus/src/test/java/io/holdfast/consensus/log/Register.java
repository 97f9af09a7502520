package io.holdfast.consensus.log;

import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps the commands it has applied; a query answers with how many there are, behind a colon the last. */
final class Register implements ReplicatedLog.Applier {
    final List<String> commands = new ArrayList<>();
    final List<Long> ticks = new ArrayList<>();
    long logNanos;
    long nextDeadline = Long.MAX_VALUE;

    @Override
    public byte[] apply(long index, long nanos, byte[] command) {
        commands.add(new String(command, StandardCharsets.UTF_8));
        logNanos = nanos;
        return bytes(index + ":" + commands.get(commands.size() - 1));
    }

    @Override
    public void tick(long index, long nanos) {
        ticks.add(nanos);
        logNanos = nanos;
        nextDeadline = Long.MAX_VALUE;
    }

    @Override
    public long nextDeadline() {
        return nextDeadline;
    }

    @Override
    public byte[] query(long index, byte[] query) {
        return bytes(commands.size() + ":" + (commands.isEmpty() ? "" : commands.get(commands.size() - 1)));
    }

    @Override
    public ReplicatedLog.Capture capture() {
        byte[] state = bytes(String.join("\n", commands));
        return new ReplicatedLog.Capture() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(state);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void restore(long index, InputStream snapshot) throws IOException {
        commands.clear();
        new String(snapshot.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(commands::add);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
