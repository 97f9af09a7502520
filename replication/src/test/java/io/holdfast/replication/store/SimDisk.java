package io.holdfast.replication.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** A disk in memory that loses in a power failure what was not synced, in any part, and fails as disks do. */
final class SimDisk implements Disk {
    /** Smaller than a disk's sector, so that a frame can be cut anywhere. */
    private static final int SECTOR = 16;

    /** Ends the process: nothing after it is done. */
    static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Map<String, SimFile> names = new HashMap<>();
    private final Map<String, SimFile> durableNames = new HashMap<>();

    /** At which operation the power fails. */
    int failAt = Integer.MAX_VALUE;

    int operations;
    boolean full;
    boolean syncFails;
    int syncs;
    long usable = Long.MAX_VALUE;

    private interface Change {
        byte[] apply(byte[] to);
    }

    private final class SimFile implements DiskFile {
        byte[] durable = {};
        byte[] now = {};
        final List<Change> pending = new ArrayList<>();

        @Override
        public long size() {
            return now.length;
        }

        @Override
        public int read(byte[] into, int offset, int length, long position) {
            int count = (int) Math.max(0, Math.min(length, now.length - position));
            if (count > 0) {
                System.arraycopy(now, (int) position, into, offset, count);
            }
            return count;
        }

        @Override
        public void write(byte[] from, int offset, int length, long position) throws IOException {
            int take = full ? length / 2 : length;
            byte[] bytes = Arrays.copyOfRange(from, offset, offset + take);
            now = put(now, bytes, (int) position);
            pending.add(new Written((int) position, bytes));
            operation();
            if (full) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void truncate(long size) {
            now = Arrays.copyOf(now, (int) size);
            pending.add(to -> Arrays.copyOf(to, (int) size));
            operation();
        }

        @Override
        public void sync() throws IOException {
            operation();
            syncs++;
            if (syncFails) {
                pending.clear(); // as Linux does: the pages count as clean
                throw new IOException("Input/output error");
            }
            for (Change change : pending) {
                durable = change.apply(durable);
            }
            pending.clear();
        }

        @Override
        public void close() {
            // nothing is lost with it
        }

        SimFile crashed(SimDisk disk, RandomGenerator random) {
            byte[] image = durable;
            for (Change change : pending) {
                image = change instanceof Written write ? torn(image, write, random) : maybe(image, change, random);
            }
            SimFile file = disk.new SimFile();
            file.durable = image;
            file.now = image.clone();
            return file;
        }
    }

    private record Written(int position, byte[] bytes) implements Change {
        @Override
        public byte[] apply(byte[] to) {
            return put(to, bytes, position);
        }
    }

    private static byte[] maybe(byte[] image, Change change, RandomGenerator random) {
        return random.nextBoolean() ? change.apply(image) : image;
    }

    private static byte[] torn(byte[] image, Written write, RandomGenerator random) {
        byte[] bytes = write.bytes();
        return switch (random.nextInt(5)) {
            case 0 -> image;
            case 1 -> write.apply(image);
            case 2 -> put(image, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)), write.position());
            case 3 ->
                put(image, new byte[bytes.length], write.position(), image.length); // longer, and the new part is zeros
            default -> sectors(image, write, random);
        };
    }

    private static byte[] sectors(byte[] image, Written write, RandomGenerator random) {
        byte[] result = image;
        for (int at = 0; at < write.bytes().length; at += SECTOR) {
            if (random.nextBoolean()) {
                int end = Math.min(write.bytes().length, at + SECTOR);
                result = put(result, Arrays.copyOfRange(write.bytes(), at, end), write.position() + at);
            }
        }
        return result;
    }

    private static byte[] put(byte[] to, byte[] bytes, int position) {
        return put(to, bytes, position, 0);
    }

    /** What is before {@code keep} stays. */
    private static byte[] put(byte[] to, byte[] bytes, int position, int keep) {
        byte[] result = Arrays.copyOf(to, Math.max(to.length, position + bytes.length));
        for (int i = 0; i < bytes.length; i++) {
            if (position + i >= keep) {
                result[position + i] = bytes[i];
            }
        }
        return result;
    }

    private void operation() {
        if (++operations >= failAt) {
            throw new PowerFailure();
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public DiskFile open(String name) throws IOException {
        SimFile file = names.get(name);
        if (file == null) {
            if (full) {
                throw new IOException("No space left on device");
            }
            file = new SimFile();
            names.put(name, file);
            operation();
        }
        return file;
    }

    @Override
    public void delete(String name) {
        names.remove(name);
        operation();
    }

    @Override
    public void syncNames() throws IOException {
        operation();
        syncs++;
        if (syncFails) {
            throw new IOException("Input/output error");
        }
        durableNames.clear();
        durableNames.putAll(names);
    }

    @Override
    public long usableSpace() {
        return usable;
    }

    /** What is there when the power is back. */
    SimDisk crashed(RandomGenerator random) {
        SimDisk disk = new SimDisk();
        Set<String> all = new TreeSet<>(names.keySet());
        all.addAll(durableNames.keySet());
        for (String name : all) {
            SimFile now = names.get(name);
            SimFile before = durableNames.get(name);
            SimFile kept = now == before || random.nextBoolean() ? now : before;
            if (kept != null) {
                disk.names.put(name, kept.crashed(disk, random));
            }
        }
        disk.durableNames.putAll(disk.names);
        return disk;
    }

    /** The same bytes, as they are in memory now and synced. */
    SimDisk copy() {
        SimDisk disk = new SimDisk();
        names.forEach((name, file) -> {
            SimFile copy = disk.new SimFile();
            copy.now = file.now.clone();
            copy.durable = file.now.clone();
            disk.names.put(name, copy);
        });
        disk.durableNames.putAll(disk.names);
        return disk;
    }

    /** All bits of all files, as one long row of them. */
    long bits() {
        return names.values().stream().mapToLong(file -> file.now.length * 8L).sum();
    }

    /** Flips a bit of that row; returns where it is. */
    String flip(long bit) {
        long left = bit;
        for (String name : new TreeSet<>(names.keySet())) {
            SimFile file = names.get(name);
            if (left < file.now.length * 8L) {
                file.now[(int) (left / 8)] ^= (byte) (1 << (left % 8));
                return name + " bit " + left % 8 + " of byte " + left / 8;
            }
            left -= file.now.length * 8L;
        }
        throw new IllegalArgumentException("no bit " + bit);
    }
}
