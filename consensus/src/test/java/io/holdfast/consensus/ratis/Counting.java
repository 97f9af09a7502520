package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.storage.DamagedException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Remembers each entry and answers how many there are; entries that start with {@code poison} blow up, and a snapshot with {@code rotten} is damaged. */
final class Counting implements EntryApplier {
    private final List<String> entries = new ArrayList<>();
    private volatile String broken = "";
    private volatile boolean uncapturable;
    private volatile boolean stuck;
    private volatile boolean slow;
    private final AtomicBoolean writing = new AtomicBoolean();
    private volatile CountDownLatch delay;

    /** From now on each entry is refused with this message. */
    void breakWith(String message) {
        broken = message;
    }

    /** The next entry waits for this, and is refused then. */
    void breakAfter(CountDownLatch latch) {
        delay = latch;
    }

    boolean isStuck() {
        return stuck;
    }

    private void waitAndBreak(CountDownLatch latch) {
        stuck = true;
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true; // Ratis interrupts who is to end; a command does not notice that
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("broken while it closes");
    }

    /** Captures are written without an end, until somebody interrupts. */
    void writeSlowly() {
        slow = true;
    }

    boolean isWriting() {
        return writing.get();
    }

    private void writeForLong(OutputStream out) throws IOException {
        writing.set(true);
        try {
            while (slow) {
                out.write(new byte[256 * 1024]); // a file, whose channel an interrupt closes
                LockSupport.parkNanos(1_000_000);
            }
        } finally {
            writing.set(false);
        }
    }

    /** The next capture fails. */
    void breakCapture() {
        uncapturable = true;
    }

    @Override
    public synchronized byte[] apply(long index, byte[] entry) {
        String text = new String(entry, StandardCharsets.UTF_8);
        CountDownLatch latch = delay;
        if (latch != null) {
            waitAndBreak(latch);
        }
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
                if (slow) {
                    writeForLong(out);
                }
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
        if (entries.contains("rotten")) {
            throw new DamagedException("this state is rotten");
        }
    }
}
