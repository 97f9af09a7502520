package io.holdfast.core.config.yaml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A YAML 1.2 file taken apart into flat entries with their lines. Nothing is constructed from it: every value stays text.
 *
 * <p>Bounded against hostile files: at most {@value #MAX_CHARACTERS} characters, {@value #MAX_DEPTH} levels, {@value #MAX_ALIASES} aliases and {@value #MAX_ENTRIES} values
 * after the aliases are followed.
 *
 * @param entries the values, in the order of the file
 * @param problems what is wrong with the file
 */
public record YamlFile(List<YamlEntry> entries, List<YamlProblem> problems) {
    /** The longest file. */
    public static final int MAX_CHARACTERS = 1 << 20;

    /** The deepest nesting. */
    public static final int MAX_DEPTH = 32;

    /** The most aliases. */
    public static final int MAX_ALIASES = 50;

    /** The most values. */
    public static final int MAX_ENTRIES = 10_000;

    /**
     * Takes a file apart.
     *
     * @param text the content of the file
     * @return its entries and problems
     */
    public static YamlFile parse(String text) {
        if (text.length() > MAX_CHARACTERS) {
            return failed(0, "has " + text.length() + " characters; at most " + MAX_CHARACTERS + " are read");
        }
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(MAX_CHARACTERS).build();
        try {
            Optional<YamlProblem> hostile = bounds(parser(settings, text));
            if (hostile.isPresent()) {
                return new YamlFile(List.of(), List.of(hostile.get()));
            }
            Flattening flattening = new Flattening();
            new Composer(settings, parser(settings, text)).getSingleNode().ifPresent(flattening::root);
            return new YamlFile(List.copyOf(flattening.entries), List.copyOf(flattening.problems));
        } catch (MarkedYamlEngineException e) {
            return failed(e.getProblemMark().map(YamlFile::line).orElse(0), syntax(e));
        } catch (YamlEngineException e) {
            return failed(0, "is not valid YAML 1.2; check indentation, quotes and special characters");
        }
    }

    // not through api.lowlevel, which the library's module does not export
    private static Parser parser(LoadSettings settings, String text) {
        return new ParserImpl(settings, new StreamReader(settings, text));
    }

    private static YamlFile failed(int line, String message) {
        return new YamlFile(List.of(), List.of(new YamlProblem(line, message)));
    }

    // the library's problem text quotes alias and tag names, which may be a password that begins with * or !
    private static String syntax(MarkedYamlEngineException e) {
        String problem = e.getProblem();
        boolean quotesTheFile = problem == null || problem.contains("alias") || problem.contains("tag");
        String what = quotesTheFile ? "it names an anchor or tag that does not exist" : problem;
        return "is not valid YAML 1.2 (" + what + "); quote values that begin with a special character";
    }

    // on events, which the parser gives without recursion: a deep file must not overflow the stack of the composer
    private static Optional<YamlProblem> bounds(Parser events) {
        int depth = 0;
        int aliases = 0;
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case Alias -> aliases++;
                default -> {}
            }
            int line = event.getStartMark().map(YamlFile::line).orElse(0);
            if (depth > MAX_DEPTH) {
                return Optional.of(new YamlProblem(line, "is nested deeper than " + MAX_DEPTH + " levels; flatten it"));
            }
            if (aliases > MAX_ALIASES) {
                return Optional.of(
                        new YamlProblem(line, "has more than " + MAX_ALIASES + " aliases; write the values out"));
            }
        }
        return Optional.empty();
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }

    private static int line(Node node) {
        return node.getStartMark().map(YamlFile::line).orElse(0);
    }

    private static final class Flattening {
        private final List<YamlEntry> entries = new ArrayList<>();
        private final List<YamlProblem> problems = new ArrayList<>();
        private boolean full;

        void root(Node node) {
            if (node instanceof MappingNode mapping) {
                mapping(List.of(), mapping);
            } else if (!isNull(node)) {
                problems.add(new YamlProblem(line(node), "must be a mapping at the top, such as holdfast: ..."));
            }
        }

        private void mapping(List<String> path, MappingNode mapping) {
            Map<List<String>, Integer> seen = new HashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    problems.add(new YamlProblem(line(tuple.getKeyNode()), "has a key that is not a plain name"));
                    continue;
                }
                List<String> name = segments(key);
                Integer first = seen.putIfAbsent(name, line(key));
                List<String> whole = new ArrayList<>(path);
                whole.addAll(name);
                if (first == null) {
                    value(List.copyOf(whole), tuple.getValueNode(), line(key));
                } else {
                    problems.add(new YamlProblem(
                            line(key),
                            String.join(".", whole) + " is set twice, first in line " + first + "; remove one"));
                }
            }
        }

        // a quoted key is one name, so that names with dots can be written
        private static List<String> segments(ScalarNode key) {
            return key.isPlain() ? Arrays.asList(key.getValue().split("\\.", -1)) : List.of(key.getValue());
        }

        private void value(List<String> path, Node node, int line) {
            if (full) {
                return;
            }
            if (entries.size() == MAX_ENTRIES || path.size() > MAX_DEPTH * 2) {
                full = true;
                problems.add(new YamlProblem(
                        line,
                        "has more than " + MAX_ENTRIES
                                + " values or a value that contains itself; write less by alias"));
            } else if (foreignTag(node)) {
                problems.add(new YamlProblem(
                        line, String.join(".", path) + " has a tag (!); remove it: every value is read as text"));
            } else if (node instanceof MappingNode mapping
                    && !mapping.getValue().isEmpty()) {
                mapping(path, mapping);
            } else if (node instanceof MappingNode) {
                entries.add(new YamlEntry(path, null, null, true, line));
            } else if (node instanceof SequenceNode sequence) {
                sequence(path, sequence, line);
            } else {
                entries.add(new YamlEntry(path, scalar(node), null, false, line));
            }
        }

        private void sequence(List<String> path, SequenceNode sequence, int line) {
            List<String> items = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                String text = element instanceof ScalarNode ? scalar(element) : null;
                if (text == null || foreignTag(element)) {
                    problems.add(new YamlProblem(
                            line(element),
                            String.join(".", path) + " must be a list of plain values; name parts by key"));
                    return;
                }
                items.add(text);
            }
            entries.add(new YamlEntry(path, null, List.copyOf(items), false, line));
        }

        private static @Nullable String scalar(Node node) {
            return isNull(node) ? null : ((ScalarNode) node).getValue();
        }

        private static boolean isNull(Node node) {
            return node.getTag().equals(Tag.NULL);
        }

        private static boolean foreignTag(Node node) {
            String tag = node.getTag().getValue();
            return !tag.startsWith("tag:yaml.org,2002:");
        }
    }
}
