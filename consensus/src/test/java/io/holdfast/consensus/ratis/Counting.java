package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Remembers each entry and answers how many there are; entries that start with {@code poison} blow up. */
final class Counting implements EntryApplier {
    private final List<String> entries = new ArrayList<>();
    private volatile String broken = "";
    private volatile boolean uncapturable;

    /** From now on each entry is refused with this message. */
    void breakWith(String message) {
        broken = message;
    }

    /** The next capture fails. */
    void breakCapture() {
        uncapturable = true;
    }

    @Override
    public synchronized byte[] apply(long index, byte[] entry) {
        String text = new String(entry, StandardCharsets.UTF_8);
        if (!broken.isEmpty()) {
            throw new IllegalStateException(broken);
        }
        if (text.startsWith("poison")) {
            throw new IllegalStateException("this entry is poison");
        }
        entries.add(text.length() > 100 && !text.startsWith("bulk") ? text.substring(0, 100) : text);
        return Integer.toString(entries.size()).getBytes(StandardCharsets.UTF_8);
    }

    synchronized List<String> entries() {
        return List.copyOf(entries);
    }

    @Override
    public synchronized ReplicatedLog.Capture capture() {
        if (uncapturable) {
            throw new IllegalStateException("this state cannot be captured");
        }
        List<String> held = List.copyOf(entries);
        return new ReplicatedLog.Capture() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                DataOutputStream data = new DataOutputStream(out);
                data.writeInt(held.size());
                for (String entry : held) {
                    data.writeUTF(entry);
                }
                data.flush();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized void restore(long index, InputStream snapshot) throws IOException {
        DataInputStream data = new DataInputStream(snapshot);
        entries.clear();
        int size = data.readInt();
        for (int i = 0; i < size; i++) {
            entries.add(data.readUTF());
        }
    }
}
