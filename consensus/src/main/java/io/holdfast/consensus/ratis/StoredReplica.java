package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.consensus.storage.DamagedException;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.FileCells;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica as its disk tells of it, read while no engine runs on it. Nothing is changed. Examine the storage before ({@link io.holdfast.consensus.storage.LogDoctor}): a torn end is an error here.
 */
public final class StoredReplica {
    private static final Logger log = LoggerFactory.getLogger(StoredReplica.class);
    private static final SizeInBytes MAX_ENTRY = SizeInBytes.valueOf("64MB");

    /** What the end of the log says. */
    private static final class Last {
        long term;
        long index = -1;
        Optional<Voters> voters = Optional.empty();

        /** The log may end in front of the snapshot: what a leader sent of it replaces the entries, or part of them was torn off. */
        void see(LogEntryProto entry) {
            if (entry.getTerm() > term || (entry.getTerm() == term && entry.getIndex() > index)) {
                term = entry.getTerm();
                index = entry.getIndex();
            }
            if (entry.hasConfigurationEntry()) {
                voters = Optional.of(voters(entry));
            }
        }
    }

    private final Optional<SnapshotFile> snapshot;
    private final GroupId group;
    private final List<LogSegmentPath> segments;
    private final Voters voters;
    private final long term;
    private final long index;
    private final Instant written;

    private StoredReplica(Path current, GroupId group, Optional<SnapshotFile> snapshot, List<PeerId> founders)
            throws IOException {
        this.group = group;
        this.snapshot = snapshot;
        this.segments = segments(current);
        Last last = new Last();
        snapshot.ifPresent(file -> {
            last.term = file.term();
            last.index = file.index();
        });
        Path conf = current.resolve("raft-meta.conf");
        if (Files.exists(conf)) {
            last.voters = Optional.of(voters(LogEntryProto.parseFrom(Files.readAllBytes(conf))));
        }
        read(last::see);
        this.voters = last.voters.orElse(new Voters(founders, List.of(), -1));
        this.term = last.term;
        this.index = last.index;
        Path newest = segments.isEmpty()
                ? snapshot.map(SnapshotFile::path).orElse(current)
                : segments.get(segments.size() - 1).getPath();
        this.written = Files.getLastModifiedTime(newest).toInstant();
    }

    /**
     * Reads a replica's storage.
     *
     * @param directory the directory that the engine is started with
     * @param group the group
     * @param node the node that it belongs to
     * @return the replica
     * @throws IOException if there is none, it is damaged, or its log does not go on from a snapshot that is whole and can be read
     * @throws IllegalStateException if a node has it open, or it belongs to another node
     */
    public static StoredReplica read(Path directory, GroupId group, NodeId node) throws IOException {
        Path home = directory.resolve(group.value());
        Path raft = home.resolve("raft");
        if (!Files.isDirectory(raft)) {
            throw new IOException("there is no replica of group " + group + " in " + directory);
        }
        try (Stream<Path> found = Files.list(raft);
                FileCells cells = FileCells.open(home.resolve("identity"), node.value())) {
            Path current = found.map(path -> path.resolve("current"))
                    .filter(Files::isDirectory)
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no replica of group " + group + " in " + raft));
            return read(current, group, RatisEngine.founders(cells));
        }
    }

    /** A snapshot that cannot be read now: what it says is known only if what can be read reaches as far. */
    private record Unreadable(long index, IOException reason) {}

    /** Reads what there is, from the newest snapshot that is whole on. */
    private static StoredReplica read(Path current, GroupId group, List<PeerId> founders) throws IOException {
        Optional<SnapshotFile> snapshot = Optional.empty();
        Unreadable unreadable = null;
        for (Path file : SnapshotStore.candidates(current.resolveSibling("sm"))) {
            try {
                snapshot = Optional.of(SnapshotFile.verify(file, group));
                break;
            } catch (DamagedException e) {
                log.warn("{}; an older one is looked for", e.getMessage());
            } catch (IOException e) {
                log.warn("snapshot file {} cannot be read now ({}); an older one is looked for", file, e.toString());
                if (unreadable == null) {
                    unreadable = new Unreadable(
                            SnapshotFile.indexOf(file.getFileName().toString()), e);
                }
            }
        }
        if (unreadable == null) {
            return new StoredReplica(current, group, snapshot, founders);
        }
        try {
            StoredReplica read = new StoredReplica(current, group, snapshot, founders);
            if (read.index >= unreadable.index) {
                return read;
            }
        } catch (IOException e) {
            unreadable.reason.addSuppressed(e);
        }
        throw unreadable.reason;
    }

    private static List<LogSegmentPath> segments(Path current) throws IOException {
        try (Stream<Path> files = Files.list(current)) {
            return files.map(LogSegmentPath::matchLogSegment)
                    .filter(Objects::nonNull)
                    .filter(segment -> segment.getPath().toFile().length() > 0)
                    .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
                    .toList();
        }
    }

    private static Voters voters(LogEntryProto entry) {
        RaftConfigurationProto configuration = entry.getConfigurationEntry();
        return new Voters(
                peers(configuration.getPeersList()), peers(configuration.getOldPeersList()), entry.getIndex());
    }

    private static List<PeerId> peers(List<RaftPeerProto> peers) {
        return peers.stream()
                .map(peer -> PeerId.parse(peer.getId().toStringUtf8()))
                .toList();
    }

    /** The entries of the log, which must follow one another and the snapshot, up to those that the snapshot has outdated. */
    private void read(Consumer<LogEntryProto> consumer) throws IOException {
        Walk walk = new Walk(consumer);
        for (LogSegmentPath segment : segments) {
            File file = segment.getPath().toFile();
            LogSegment.readSegmentFile(
                    file,
                    segment.getStartEnd(),
                    MAX_ENTRY,
                    CorruptionPolicy.EXCEPTION,
                    null,
                    entry -> walk.take(file, entry));
            if (walk.gap != null) {
                throw walk.gap;
            }
        }
    }

    /** One reading of the log. */
    private final class Walk {
        final Consumer<LogEntryProto> consumer;
        final long held = snapshot.map(SnapshotFile::index).orElse(-1L);
        final long heldTerm = snapshot.map(SnapshotFile::term).orElse(-1L);
        long next = -1;
        boolean outdated;

        @Nullable IOException gap;

        Walk(Consumer<LogEntryProto> consumer) {
            this.consumer = consumer;
        }

        void take(File file, LogEntryProto entry) {
            // a leader's snapshot arrived over the tail of a leader that was deposed: the next append would have cut it
            // off
            outdated |= entry.getIndex() > held && entry.getTerm() < heldTerm;
            if (outdated || gap != null) {
                return;
            }
            long expected = next < 0 ? Math.min(entry.getIndex(), held + 1) : next;
            if (entry.getIndex() != expected) {
                gap = new IOException(file + " has entry " + entry.getIndex() + " where " + expected
                        + " must follow; a part of the log is missing");
                return;
            }
            next = entry.getIndex() + 1;
            consumer.accept(entry);
        }
    }

    /**
     * Builds the state as this replica would have it if it were elected: all that it has is in it, also the last entries, of which it cannot know whether they were acknowledged.
     *
     * @param applier an empty state
     * @throws IOException if the storage cannot be read
     */
    public void replay(EntryApplier applier) throws IOException {
        long known = -1;
        if (snapshot.isPresent()) {
            known = snapshot.get().index();
            try (InputStream in = snapshot.get().open(group)) {
                applier.restore(known, in);
            }
        }
        long from = known;
        read(entry -> {
            if (entry.getIndex() > from && entry.hasStateMachineLogEntry()) {
                applier.apply(
                        entry.getIndex(),
                        entry.getStateMachineLogEntry().getLogData().toByteArray());
            }
        });
    }

    /**
     * Who votes, as far as this replica knows.
     *
     * @return the voters
     */
    public Voters voters() {
        return voters;
    }

    /**
     * The term of the last entry.
     *
     * @return the term
     */
    public long term() {
        return term;
    }

    /**
     * The last entry.
     *
     * @return its log index, or -1
     */
    public long index() {
        return index;
    }

    /**
     * When its log was written last, by the time of day of its machine.
     *
     * @return the time
     */
    public Instant written() {
        return written;
    }
}
