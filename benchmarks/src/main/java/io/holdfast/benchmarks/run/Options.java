package io.holdfast.benchmarks.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The command line of a benchmark: {@code --name value} pairs out of a fixed set. */
public final class Options {
    private final String program;
    private final Map<String, String> values;

    private Options(String program, Map<String, String> values) {
        this.program = program;
        this.values = values;
    }

    /**
     * One option.
     *
     * @param name without the dashes
     * @param value what holds unless the command line says otherwise
     * @param help what it does
     */
    public record Option(String name, String value, String help) {}

    /**
     * Reads a command line. {@code --help} and a mistake print the options and end the process, with 0 and 2.
     *
     * @param program the script's name
     * @param arguments the command line
     * @param known all options there are
     * @return the values
     */
    public static Options parse(String program, String[] arguments, Option... known) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Option option : known) {
            values.put(option.name(), option.value());
        }
        Options options = new Options(program, values);
        for (int i = 0; i < arguments.length; i += 2) {
            if (arguments[i].equals("--help")) {
                System.out.println(usage(program, known));
                System.exit(0);
            }
            String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
            if (!values.containsKey(name)) {
                refuse(program, "option (" + arguments[i] + ") is not known; see --help");
            }
            if (i + 1 == arguments.length) {
                refuse(program, "option (" + arguments[i] + ") needs a value; see --help");
            }
            values.put(name, arguments[i + 1]);
        }
        return options;
    }

    /**
     * A value as text.
     *
     * @param name the option
     * @return its value
     */
    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("option (" + name + ") was never declared; add it to parse");
        }
        return value;
    }

    /**
     * A value as a whole number of 1 or more; anything else ends the process with 2.
     *
     * @param name the option
     * @return the number
     */
    public int number(String name) {
        return positive(name, text(name));
    }

    /**
     * A value as a list, from commas.
     *
     * @param name the option
     * @return the parts
     */
    public List<String> list(String name) {
        return List.of(text(name).split(",", -1));
    }

    /**
     * A value as a list of words out of a fixed set; any other word ends the process with 2.
     *
     * @param name the option
     * @param allowed every word there is
     * @return the words
     */
    public List<String> words(String name, List<String> allowed) {
        List<String> words = list(name);
        for (String word : words) {
            if (!allowed.contains(word)) {
                refuse(program, "--" + name + " (" + word + ") must be some of " + String.join(",", allowed));
            }
        }
        return words;
    }

    /**
     * A value as a list of whole numbers of 1 or more; anything else ends the process with 2.
     *
     * @param name the option
     * @return the numbers
     */
    public List<Integer> numbers(String name) {
        return list(name).stream().map(part -> positive(name, part)).toList();
    }

    private int positive(String name, String text) {
        if (!text.matches("[1-9][0-9]{0,7}")) {
            refuse(program, "--" + name + " (" + text + ") must be a whole number from 1 to 99999999");
        }
        return Integer.parseInt(text);
    }

    private static String usage(String program, Option... known) {
        int width =
                List.of(known).stream().mapToInt(o -> o.name().length()).max().orElse(0);
        return List.of(known).stream()
                .map(o -> String.format("  --%-" + width + "s  %s (default: %s)", o.name(), o.help(), o.value()))
                .collect(Collectors.joining("\n", program + " [--option value ...]\n", ""));
    }

    private static void refuse(String program, String reason) {
        System.err.println(program + ": " + reason);
        System.exit(2);
    }
}
