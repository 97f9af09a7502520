package io.holdfast.consensus.tool;

import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.backup.BackupWriter;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.WallClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks backups, and salvages the state of a group that has lost its majority. Run it where the files are, with the jars of a node: {@code java -cp ... io.holdfast.consensus.tool.BackupTool}.
 * Ends with 0 if it did what it was asked for, 1 if not, 2 if it was asked wrongly.
 */
public final class BackupTool {
    private static final String USAGE = """
            verify FILE...
              reads backups whole, compares all checksums, hashes and counts, and prints what they hold

            salvage --data NODE=DIR... --voter NODE=HOST:PORT... --out FILE [--group NAME] [--confirm TEXT]
              for a group that has lost the majority of its voters for ever: writes a backup from the most advanced
              replica that is left, for a new cluster to begin with.
              --data     the data directory of a surviving voter, whose node must be stopped; once for each
              --voter    where each other voter listened; it is asked whether it is still there
              --out      the backup to write
              --confirm  what would have to be typed; the first run says what it is
            """;

    private final PrintStream out;
    private final BufferedReader in;
    private final VoterProbe voters;
    private final WallClock clock;

    BackupTool(PrintStream out, Reader in, VoterProbe voters, WallClock clock) {
        this.out = out;
        this.in = new BufferedReader(in);
        this.voters = voters;
        this.clock = clock;
    }

    /**
     * Runs the tool and ends the process.
     *
     * @param args a command and its options; none prints them
     */
    public static void main(String[] args) {
        int status;
        try (Environment environment = Environment.system()) {
            status = new BackupTool(
                            System.out,
                            new InputStreamReader(System.in, StandardCharsets.UTF_8),
                            VoterProbe::connect,
                            environment.wallClock())
                    .run(List.of(args));
        }
        System.exit(status);
    }

    int run(List<String> args) {
        try {
            if (args.size() > 1 && args.get(0).equals("verify")) {
                return verify(args.subList(1, args.size()));
            } else if (args.size() > 1 && args.get(0).equals("salvage")) {
                return salvage(new Options(args.subList(1, args.size())));
            }
            out.println(USAGE);
            return 2;
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            out.println(USAGE);
            return 2;
        } catch (HoldfastException | IllegalStateException | IOException | UncheckedIOException e) {
            out.println("refused: " + e.getMessage());
            return 1;
        }
    }

    private int verify(List<String> files) {
        int status = 0;
        for (String file : files) {
            try {
                out.println(Backup.verify(Path.of(file)));
                out.println("whole");
            } catch (IOException | HoldfastException e) {
                out.println(e.getMessage());
                status = 1;
            }
        }
        return status;
    }

    private int salvage(Options options) throws IOException {
        Path file = Path.of(options.one("--out"));
        BackupWriter.requireAbsent(file);
        List<Survivor> survivors = new ArrayList<>();
        for (Map.Entry<String, String> data : options.pairs("--data").entrySet()) {
            survivors.add(Survivor.read(Path.of(data.getValue()), NodeId.of(data.getKey()), options.group()));
        }
        Map<NodeId, Address> addresses = new LinkedHashMap<>();
        options.pairs("--voter").forEach((node, address) -> addresses.put(NodeId.of(node), Address.parse(address)));
        Salvage salvage = new Salvage(options.group(), survivors, addresses, voters, out);
        Salvage.Found found = salvage.look();
        String incarnation = found.incarnation(options.group());
        warn(found, incarnation);
        String typed = options.optional("--confirm");
        if (typed == null) {
            out.print("type " + incarnation + " to write the backup: ");
            out.flush();
            typed = in.readLine();
        }
        if (!incarnation.equals(typed == null ? "" : typed.trim())) {
            out.println();
            out.println("nothing was done: " + incarnation + " was not typed");
            return 1;
        }
        out.println(salvage.write(found, file, clock.now()));
        next(file);
        return 0;
    }

    private void warn(Salvage.Found found, String incarnation) {
        out.println();
        out.println("What " + found.best().peer() + " holds can begin anew as " + incarnation + ":");
        out.println("  " + found.machine().census().rows() + " rows, up to revision "
                + found.machine().census().revision() + ", written last at "
                + found.best().stored().written());
        out.println(
                "What may be lost: whatever the other voters acknowledged among themselves after that. Nobody can tell how");
        out.println(
                "  much it is. What was written here last and never acknowledged is in it: its outcome was unknown.");
        out.println(
                "What must never happen again: that one of the other voters starts with its old disk. Together they");
        out.println("  would be the old cluster and take writes. Destroy their disks, or be sure that they are.");
        out.println();
    }

    private void next(Path file) {
        out.println("Now begin the new cluster, with empty data directories:");
        out.println("  1. start one node with holdfast.node.expect=1 and holdfast.consensus.restore-from=" + file);
        out.println("  2. when /health/ready of it is UP, start the others with it as their seed");
        out.println("  3. point the clients there; keep the old data directories until all is well");
    }

    /** {@code --name value}, some of them more than once. */
    private record Options(List<String> args) {
        Options {
            if (args.size() % 2 != 0) {
                throw new IllegalArgumentException("option " + args.get(args.size() - 1) + " needs a value");
            }
            for (int i = 0; i < args.size(); i += 2) {
                if (!List.of("--data", "--voter", "--out", "--group", "--confirm")
                        .contains(args.get(i))) {
                    throw new IllegalArgumentException("there is no option " + args.get(i));
                }
            }
        }

        private List<String> all(String name) {
            List<String> found = new ArrayList<>();
            for (int i = 0; i < args.size(); i += 2) {
                if (args.get(i).equals(name)) {
                    found.add(args.get(i + 1));
                }
            }
            return found;
        }

        @Nullable String optional(String name) {
            List<String> found = all(name);
            return found.isEmpty() ? null : found.get(0);
        }

        String one(String name) {
            String found = optional(name);
            if (found == null) {
                throw new IllegalArgumentException("option " + name + " is missing");
            }
            return found;
        }

        Map<String, String> pairs(String name) {
            Map<String, String> pairs = new LinkedHashMap<>();
            for (String pair : all(name)) {
                int sign = pair.indexOf('=');
                if (sign < 1) {
                    throw new IllegalArgumentException("option " + name + " (" + pair + ") must be NODE=VALUE");
                }
                pairs.put(pair.substring(0, sign), pair.substring(sign + 1));
            }
            if (pairs.isEmpty() && name.equals("--data")) {
                throw new IllegalArgumentException("option " + name + " is missing");
            }
            return pairs;
        }

        GroupId group() {
            String name = optional("--group");
            return GroupId.of(name == null ? "default" : name);
        }
    }
}
