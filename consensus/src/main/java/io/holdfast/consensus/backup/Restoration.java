package io.holdfast.consensus.backup;

import io.holdfast.consensus.group.ReplicaIdentity;
import io.holdfast.consensus.log.BatchApplier;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.core.Check;
import io.holdfast.core.GroupId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.DurableCells;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a node that is told to begin with a backup. */
public final class Restoration {
    /** How far revisions, session ids, fencing tokens, generated numbers and offsets go ahead: a group gives fewer than this between two backups. */
    public static final long JUMP = 1L << 32;

    private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);

    private final Backup backup;

    private Restoration(Backup backup) {
        this.backup = backup;
    }

    /**
     * Looks whether the backup is to be restored: it is where the node has no replica yet, and it is not where it was before, so that a node may be started again with the same settings.
     *
     * @param file the backup
     * @param group the group
     * @param cells where the node keeps its identities
     * @return the restoration, or empty if it was done in an earlier life of the node
     * @throws UnavailableException if the backup is damaged, is of another group, or the node has a replica that does not come from it, whole or of a restoration that was broken off
     */
    public static Optional<Restoration> of(Path file, GroupId group, DurableCells cells) {
        String path = file.toAbsolutePath().normalize().toString();
        Optional<ReplicaIdentity> identity = ReplicaIdentity.read(cells, group);
        Begun before = Begun.read(cells, group);
        if (identity.isPresent() && identity.get().stage() != ReplicaIdentity.Stage.RESTORING) {
            requireSame(
                    before.path().equals(path),
                    path,
                    group,
                    "has a replica (" + identity.get().peer() + ")",
                    before);
            LOG.info("group {}: backup {} was restored before; the node goes on from there", group, path);
            return Optional.empty();
        }
        Backup backup = verified(file);
        GroupId of = backup.manifest().place().group();
        if (!of.equals(group)) {
            throw new UnavailableException(
                    "backup " + path + " is of group " + of + ", not of " + group + "; choose the right one");
        }
        Begun now = new Begun(path, backup.sha256());
        // what an attempt before has written of its backup is gone on with, whatever is read now
        requireSame(identity.isEmpty() || before.isOf(now), path, group, "has an unfinished replica", before);
        now.write(cells, group);
        return Optional.of(new Restoration(backup));
    }

    private static void requireSame(boolean same, String path, GroupId group, String what, Begun before) {
        if (!same) {
            throw new UnavailableException(
                    "backup " + path + " is not restored: this node " + what + " of group "
                            + group + " already, which began with " + before
                            + "; restore into an empty data directory, or start the node without the backup, or with the one it began with");
        }
    }

    /** What the node was told to begin with, in a cell: the path, and in a line below the SHA-256; empty if it was not. */
    private record Begun(String path, String sha256) {
        static Begun read(DurableCells cells, GroupId group) {
            String[] lines = cells.read(cell(group))
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .orElse("")
                    .split("\n", 2);
            return new Begun(lines[0], lines.length > 1 ? lines[1] : "");
        }

        void write(DurableCells cells, GroupId group) {
            cells.write(cell(group), (path + "\n" + sha256).getBytes(StandardCharsets.UTF_8));
        }

        private static String cell(GroupId group) {
            return "restored-" + group;
        }

        /** A cell that an older build wrote names no SHA-256. */
        boolean isOf(Begun now) {
            return path.equals(now.path) && (sha256.isEmpty() || sha256.equals(now.sha256));
        }

        @Override
        public String toString() {
            return path.isEmpty() ? "no backup" : path + (sha256.isEmpty() ? "" : " (SHA-256 " + sha256 + ")");
        }
    }

    private static Backup verified(Path file) {
        try {
            return Backup.verify(file);
        } catch (IOException e) {
            throw new UnavailableException("a backup cannot be restored: " + e.getMessage(), e);
        }
    }

    /**
     * The state to begin with: that of the backup, made that of a new group.
     *
     * @param machine an empty state
     * @return the applier for {@link io.holdfast.consensus.group.GroupNode#restore}
     * @throws UnavailableException if the backup cannot be read any more
     */
    public BatchApplier load(PrimitiveMachine machine) {
        BatchApplier applier = new BatchApplier(machine);
        try (InputStream state = backup.state()) {
            applier.restore(0, state);
        } catch (IOException e) {
            throw new UnavailableException("a backup cannot be restored: " + e.getMessage(), e);
        }
        Check.that(
                machine.census().equals(backup.manifest().contents()),
                "backup %s must be restored as it was verified; do not change it meanwhile",
                backup.file());
        machine.beginAnew(JUMP);
        applier.continueFrom(machine.census().revision());
        LOG.info(
                "restores {}; revisions go on behind {}",
                backup.manifest().summary(),
                machine.census().revision());
        return applier;
    }
}
