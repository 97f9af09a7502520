package io.holdfast.consensus.backup;

import io.holdfast.consensus.state.Census;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.core.Check;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What a backup says of itself; plain text at the head of the file. The contents are compared with what is in the file, the rest cannot be.
 *
 * @param place where it was taken
 * @param origin how it was taken
 * @param takenAt when, by that node's time of day
 * @param position where the replica was in the log
 * @param build the version of Holdfast
 * @param contents what the state holds
 * @param names the names of the types that {@code contents} counts
 */
public record BackupManifest(
        Place place,
        Origin origin,
        Instant takenAt,
        Position position,
        String build,
        Census contents,
        Map<Integer, String> names) {
    /**
     * Where a backup was taken.
     *
     * @param cluster the id of the cluster
     * @param group the group
     * @param node the node whose replica it was taken from
     */
    public record Place(String cluster, GroupId group, NodeId node) {
        /**
         * Validates the id.
         *
         * @param cluster as the component
         * @param group as the component
         * @param node as the component
         * @throws IllegalArgumentException if the cluster's id has more than one line
         */
        public Place {
            requireLine(cluster);
        }
    }

    /**
     * Where the replica was in the log of its group.
     *
     * @param term the Raft term at that time
     * @param entry the last log entry that it knows
     */
    public record Position(long term, long entry) {}

    /** How a backup was taken. */
    public enum Origin {
        /** From a replica that was up to date with a majority. */
        ONLINE,
        /** From the disk of a replica whose group has lost its majority: what others acknowledged later is not in it. */
        SALVAGED
    }

    static final int MAX_BYTES = 64 << 10;
    private static final String TYPE = "primitive.";

    /**
     * Copies the names.
     *
     * @param place as the component
     * @param origin as the component
     * @param takenAt as the component
     * @param position as the component
     * @param build as the component
     * @param contents as the component
     * @param names as the component
     * @throws IllegalArgumentException if a type of the contents has no name, or a text has more than one line
     */
    public BackupManifest {
        names = Map.copyOf(names);
        Check.that(
                names.keySet().containsAll(contents.types().keySet()),
                "names (%s) must name all types that the contents have (%s)",
                names,
                contents.types().keySet());
        requireLine(build);
    }

    private static void requireLine(String text) {
        Check.that(text.indexOf('\n') < 0, "a text of a manifest (%s) must have one line", text);
    }

    /**
     * The manifest of a state, with this build's names.
     *
     * @param place as the component
     * @param origin as the component
     * @param takenAt as the component
     * @param position as the component
     * @param contents as the component
     * @param machine knows the names of the types
     * @return the manifest
     */
    public static BackupManifest of(
            Place place, Origin origin, Instant takenAt, Position position, Census contents, PrimitiveMachine machine) {
        Map<Integer, String> names = new LinkedHashMap<>();
        contents.types().keySet().forEach(type -> names.put(type, machine.typeName(type)));
        String build = BackupManifest.class.getPackage().getImplementationVersion();
        return new BackupManifest(
                place, origin, takenAt, position, build == null ? "unpackaged" : build, contents, names);
    }

    byte[] encode() {
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        lines.add("cluster=" + place.cluster());
        lines.add("group=" + place.group());
        lines.add("node=" + place.node());
        lines.add("origin=" + origin);
        lines.add("taken-at=" + takenAt);
        lines.add("term=" + position.term());
        lines.add("entry=" + position.entry());
        lines.add("build=" + build);
        lines.add("revision=" + contents.revision());
        lines.add("log-nanos=" + contents.logNanos());
        lines.add("feature-level=" + contents.level());
        lines.add("sessions=" + contents.sessions());
        lines.add("rows=" + contents.rows());
        lines.add("bytes=" + contents.bytes());
        lines.add("hash=" + Long.toHexString(contents.hash()));
        contents.types()
                .forEach((type, count) ->
                        lines.add(TYPE + type + "=" + names.get(type) + " " + count.names() + " " + count.rows()));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static BackupManifest decode(byte[] bytes) {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
            int sign = line.indexOf('=');
            Check.that(sign > 0, "a line (%s) must have a name and a value", line);
            lines.put(line.substring(0, sign), line.substring(sign + 1));
        }
        try {
            Types types = types(lines);
            Census contents = new Census(
                    number(lines, "revision"),
                    number(lines, "log-nanos"),
                    (int) number(lines, "feature-level"),
                    number(lines, "rows"),
                    number(lines, "bytes"),
                    Long.parseUnsignedLong(text(lines, "hash"), 16),
                    (int) number(lines, "sessions"),
                    types.counts);
            return new BackupManifest(
                    new Place(text(lines, "cluster"), GroupId.of(text(lines, "group")), NodeId.of(text(lines, "node"))),
                    Origin.valueOf(text(lines, "origin")),
                    Instant.parse(text(lines, "taken-at")),
                    new Position(number(lines, "term"), number(lines, "entry")),
                    text(lines, "build"),
                    contents,
                    types.names);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private record Types(SortedMap<Integer, Census.Count> counts, Map<Integer, String> names) {}

    private static Types types(Map<String, String> lines) {
        Types types = new Types(new TreeMap<>(), new LinkedHashMap<>());
        lines.forEach((name, value) -> {
            if (name.startsWith(TYPE)) {
                List<String> words = List.of(value.split(" ", -1));
                Check.that(words.size() == 3, "the count of %s (%s) must have a name and two numbers", name, value);
                int type = Integer.parseInt(name.substring(TYPE.length()));
                types.names.put(type, words.get(0));
                types.counts.put(type, new Census.Count(Long.parseLong(words.get(1)), Long.parseLong(words.get(2))));
            }
        });
        return types;
    }

    private static String text(Map<String, String> lines, String name) {
        String value = lines.get(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no line " + name);
        }
        return value;
    }

    private static long number(Map<String, String> lines, String name) {
        return Long.parseLong(text(lines, name));
    }

    /**
     * What people want to know first.
     *
     * @return a few words
     */
    public String summary() {
        StringJoiner counts = new StringJoiner(", ");
        contents.types().forEach((type, count) -> counts.add(count.names() + " " + names.get(type)));
        return "group " + place.group() + " of cluster " + place.cluster() + ", revision " + contents.revision()
                + ", taken at "
                + takenAt + " from " + place.node() + " (" + origin + "), " + contents.rows() + " rows, "
                + contents.bytes()
                + " bytes: " + (counts.length() == 0 ? "empty" : counts);
    }
}
