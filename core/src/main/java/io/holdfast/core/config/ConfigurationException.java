package io.holdfast.core.config;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Its message lists every problem with its place and remedy; change those and start again. */
public final class ConfigurationException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigurationProblem> problems;

    ConfigurationException(List<ConfigurationProblem> problems) {
        super(message(problems), Retry.NEVER, null);
        this.problems = List.copyOf(problems);
    }

    /**
     * A rule between sections, which only their user knows, is broken.
     *
     * @param key the key to change
     * @param message value, rule, remedy
     * @return the exception
     */
    public static ConfigurationException of(String key, String message) {
        return new ConfigurationException(List.of(new ConfigurationProblem(key, message)));
    }

    /**
     * What is wrong.
     *
     * @return every problem, in the order of the keys' declaration, unknown keys last
     */
    public List<ConfigurationProblem> problems() {
        return problems;
    }

    private static String message(List<ConfigurationProblem> problems) {
        String head = problems.size() == 1
                ? "the configuration has 1 problem:"
                : "the configuration has " + problems.size() + " problems:";
        return problems.stream().map(p -> "\n  " + p).collect(Collectors.joining("", head, ""));
    }
}
