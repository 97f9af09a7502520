package io.holdfast.consensus.storage;

import io.holdfast.consensus.raft.PeerId;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a replica's log and vote before it starts. Ratis refuses a log with a torn end, as every power failure leaves it, or by choice accepts any damage and forgets what was acknowledged;
 * neither will do. The doctor cuts off a torn end, which was surely never acknowledged, and lets nothing else pass (Alagappan et al., "Protocol-aware recovery for consensus-based storage", 2018).
 */
public final class LogDoctor {
    private static final Logger log = LoggerFactory.getLogger(LogDoctor.class);
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");
    private static final String META = "raft-meta";

    /** A file of the log; {@code last} is empty for the open one. */
    private record Segment(Path file, long first, Optional<Long> last) {}

    private LogDoctor() {}

    /**
     * Examines the storage of one replica, and repairs what may be repaired. No process may use it meanwhile.
     *
     * @param current the directory that holds {@code raft-meta} and the segments
     * @return what was found
     * @throws IOException if a file cannot be read or written
     */
    public static Finding examine(Path current) throws IOException {
        if (!Files.isDirectory(current)) {
            return new Finding.Unused();
        }
        List<Segment> segments = segments(current);
        Path meta = current.resolve(META);
        if (!Files.exists(meta)) {
            return segments.isEmpty() && !hasSnapshot(current)
                    ? new Finding.Unused()
                    : damaged(meta, "is missing: it holds the term and the vote");
        }
        long term;
        try {
            term = term(meta);
        } catch (IllegalArgumentException e) {
            return damaged(meta, "is broken: " + e.getMessage());
        }
        return examine(segments, meta, term);
    }

    private static boolean hasSnapshot(Path current) throws IOException {
        Path machine = current.resolveSibling("sm");
        if (!Files.isDirectory(machine)) {
            return false;
        }
        try (Stream<Path> files = Files.list(machine)) {
            return files.findAny().isPresent();
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

    private static long term(Path meta) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(meta)) {
            properties.load(in);
        }
        String term = properties.getProperty("term");
        String vote = properties.getProperty("votedFor");
        if (term == null || vote == null) {
            throw new IllegalArgumentException("it names no term or no vote");
        }
        if (!vote.isEmpty()) {
            PeerId.parse(vote);
        }
        long value = Long.parseLong(term);
        if (value < 0) {
            throw new IllegalArgumentException("its term (" + value + ") is negative");
        }
        return value;
    }

    private static Finding examine(List<Segment> segments, Path meta, long term) throws IOException {
        Finding finding = new Finding.Sound();
        long next = segments.isEmpty() ? 0 : segments.get(0).first();
        for (Segment segment : segments) {
            if (segment.first() != next) {
                return damaged(
                        segment.file(), "begins at index " + segment.first() + " where " + next + " must follow");
            }
            byte[] bytes = Files.readAllBytes(segment.file());
            boolean open = segment.last().isEmpty();
            if (open && bytes.length == 0) {
                continue; // made, and nothing written yet
            }
            SegmentScan scan = SegmentScan.of(bytes, segment.first());
            if (scan.flaw() != null) {
                boolean last = segment == segments.get(segments.size() - 1);
                if (!open || !last || !scan.torn()) {
                    return damaged(segment.file(), scan.flaw() + " at byte " + scan.end());
                }
                finding = repair(segment.file(), scan.end(), bytes);
            }
            if (!open && scan.next() != segment.last().get() + 1) {
                return damaged(segment.file(), "ends before index " + scan.next() + ", not after its last one");
            }
            if (scan.term() > term) {
                return damaged(meta, "says term " + term + ", but the log holds an entry of term " + scan.term());
            }
            next = scan.next();
        }
        return finding;
    }

    private static Finding damaged(Path file, String what) {
        return new Finding.Damaged(file + " " + what);
    }

    private static Finding repair(Path file, int end, byte[] bytes) throws IOException {
        int last = bytes.length;
        while (last > end && bytes[last - 1] == 0) {
            last--;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(end);
            channel.force(true);
        }
        log.warn(
                "{}: the last write was torn and never acknowledged; cut off {} bytes from byte {} on",
                file,
                last - end,
                end);
        return new Finding.Repaired(file, end, last - end);
    }
}
