package io.holdfast.consensus.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a replica's log and vote before it starts. Ratis refuses a log with a torn end, as every power failure leaves it, or by choice accepts any damage and forgets what was acknowledged;
 * neither will do. The doctor cuts off a torn end, which was surely never acknowledged, and lets nothing else pass (Alagappan et al., "Protocol-aware recovery for consensus-based storage", 2018).
 */
public final class LogDoctor {
    private static final Logger log = LoggerFactory.getLogger(LogDoctor.class);
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");
    private static final String NEW = "segment.new";
    private static final String NEW_META = "raft-meta.new";

    /** Where Ratis keeps snapshots, and what it calls that directory while another takes its place. */
    private static final String MACHINES = "sm{,.tmp*}";

    /** A file of the log; {@code last} is empty for the open one. */
    private record Segment(Path file, long first, Optional<Long> last) {}

    private LogDoctor() {}

    /**
     * Examines the storage of one replica, and repairs what may be repaired. No process may use it meanwhile. What was found whole is written anew or synced: after a kill, or after a sync that failed,
     * it may be in memory only, and from now on the replica stands by it.
     *
     * @param current the directory that holds {@code raft-meta} and the segments
     * @param copy what {@link VoteCopy} kept, or empty if it never did
     * @return what was found
     * @throws IOException if a file cannot be read or written
     */
    public static Finding examine(Path current, Optional<byte[]> copy) throws IOException {
        if (!Files.isDirectory(current)) {
            return new Finding.Unused();
        }
        Files.deleteIfExists(current.resolve(NEW));
        Files.deleteIfExists(current.resolve(NEW_META));
        List<Segment> segments = segments(current);
        Path meta = current.resolve(Vote.FILE);
        if (!Files.exists(meta) && copy.isEmpty()) {
            return segments.isEmpty() && !hasSnapshot(current)
                    ? new Finding.Unused()
                    : damaged(meta, "is missing: it holds the term and the vote");
        }
        Optional<Vote> kept = copy.map(Vote::parse);
        Vote read = null;
        String flaw = "is missing";
        try {
            read = Vote.parse(Files.readAllBytes(meta));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            flaw = "is broken: " + e.getMessage();
        }
        Vote known = read;
        if (known == null && kept.isEmpty()) {
            return damaged(meta, flaw);
        }
        Vote vote = known == null || (kept.isPresent() && !kept.get().isKeptBy(known)) ? kept.orElseThrow() : known;
        return examine(segments, current, new Votes(read, vote, kept.isPresent(), SyncMark.read(current)));
    }

    /** What the vote's file says, what holds, whether that is known from the copy; and up to where the log is known to be synced. */
    private record Votes(@Nullable Vote read, Vote holds, boolean copied, long synced) {}

    /** After a crash while Ratis replaced the directory, the only one may be in the old. */
    private static boolean hasSnapshot(Path current) throws IOException {
        try (DirectoryStream<Path> machines = Files.newDirectoryStream(current.resolveSibling("."), MACHINES)) {
            for (Path machine : machines) {
                if (Files.isDirectory(machine) && !isEmpty(machine)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private static List<Segment> segments(Path current) throws IOException {
        try (Stream<Path> files = Files.list(current)) {
            return files.flatMap(LogDoctor::segment)
                    .sorted(Comparator.comparingLong(Segment::first))
                    .toList();
        }
    }

    private static Stream<Segment> segment(Path file) {
        Matcher match = SEGMENT.matcher(file.getFileName().toString());
        if (!match.matches()) {
            return Stream.empty();
        }
        return Stream.of(
                match.group(1) != null
                        ? new Segment(file, Long.parseLong(match.group(1)), Optional.empty())
                        : new Segment(
                                file, Long.parseLong(match.group(2)), Optional.of(Long.parseLong(match.group(3)))));
    }

    private static Finding examine(List<Segment> segments, Path current, Votes votes) throws IOException {
        Path meta = current.resolve(Vote.FILE);
        Finding finding = new Finding.Sound();
        Vote vote = votes.holds();
        long next = segments.isEmpty() ? 0 : segments.get(0).first();
        byte[] open = null;
        for (Segment segment : segments) {
            if (segment.first() != next) {
                return damaged(
                        segment.file(), "begins at index " + segment.first() + " where " + next + " must follow");
            }
            byte[] bytes = Files.readAllBytes(segment.file());
            boolean last = segment == segments.get(segments.size() - 1);
            open = segment.last().isEmpty() && last ? bytes : null;
            if (segment.last().isEmpty() && bytes.length == 0) {
                continue; // made, and nothing written yet
            }
            SegmentScan scan = SegmentScan.of(bytes, segment.first(), votes.synced());
            if (scan.flaw() != null) {
                if (segment.last().isPresent() || !last || !scan.torn()) {
                    return damaged(segment.file(), scan.flaw() + " at byte " + scan.end());
                }
                finding = new Finding.Repaired(segment.file(), scan.end(), written(bytes) - scan.end());
                open = Arrays.copyOf(bytes, scan.end());
            }
            if (segment.last().isPresent() && scan.next() != segment.last().get() + 1) {
                return damaged(segment.file(), "ends before index " + scan.next() + ", not after its last one");
            }
            if (scan.term() > vote.term()) {
                if (!votes.copied()) {
                    return damaged(
                            meta, "says term " + vote.term() + ", but the log holds an entry of term " + scan.term());
                }
                vote = new Vote(scan.term(), ""); // nothing was promised in it: the copy would know
            }
            next = scan.next();
        }
        secure(segments, open, current, vote.equals(votes.read()) ? null : vote);
        return finding;
    }

    private static void secure(List<Segment> segments, byte @Nullable [] open, Path current, @Nullable Vote vote)
            throws IOException {
        Path meta = current.resolve(Vote.FILE);
        for (Segment segment : segments) {
            if (open == null || segment != segments.get(segments.size() - 1)) {
                Durably.sync(segment.file(), StandardOpenOption.WRITE);
            } else {
                long before = Files.size(segment.file());
                Durably.replace(current, segment.file(), current.resolve(NEW), open);
                if (open.length < before) {
                    log.warn(
                            "{}: the last write was torn and never acknowledged; cut off from byte {} on",
                            segment.file(),
                            open.length);
                }
            }
        }
        if (vote != null) {
            log.warn("{}: does not say what was promised; written anew from its copy: {}", meta, vote);
            Durably.replace(current, meta, current.resolve(NEW_META), vote.bytes());
        }
        Durably.syncDirectory(current);
    }

    private static Finding damaged(Path file, String what) {
        return new Finding.Damaged(file + " " + what);
    }

    /** Where the bytes end that are not zero-filled space. */
    private static int written(byte[] bytes) {
        int last = bytes.length;
        while (last > 0 && bytes[last - 1] == 0) {
            last--;
        }
        return last;
    }
}
