package io.holdfast.core.config;

import io.holdfast.core.InvalidContractException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Fills records from settings, once, and collects what is wrong on the way. For use by one thread. */
final class Binder {
    /** Stands for a value that has a problem already, so that nothing is built on it. */
    private static final Object BROKEN = new Object();

    private final List<Setting> settings;
    private final Map<String, List<Setting>> byKey = new HashMap<>();
    private final List<ConfigurationProblem> problems;
    private final Map<String, Explanation> explanations = new LinkedHashMap<>();
    /** The keys that hold further ones, by their letters. */
    private final Map<String, String> containers = new HashMap<>();

    private final Set<String> secrets = new HashSet<>();

    Binder(List<Setting> settings, List<ConfigurationProblem> problems) {
        this.settings = settings;
        this.problems = new ArrayList<>(problems);
        for (Setting setting : settings) {
            byKey.computeIfAbsent(setting.canonical(), k -> new ArrayList<>()).add(setting);
        }
    }

    BoundConfiguration bind(List<Section<?>> sections, boolean whole) {
        Map<Section<?>, Record> records = new LinkedHashMap<>();
        for (Section<?> section : sections) {
            Object bound = group(Shape.of(section.type()), section.prefix());
            if (bound != BROKEN) {
                records.put(section, (Record) bound);
            }
        }
        problems.addAll(new UnknownKeys(explanations, containers).among(settings, sections, whole));
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems.stream().map(this::scrub).toList());
        }
        return new BoundConfiguration(records, explanations);
    }

    // a record's own message may repeat what it was given
    private ConfigurationProblem scrub(ConfigurationProblem problem) {
        String message = problem.message();
        for (String secret : secrets) {
            message = message.replace(secret, "******");
        }
        return new ConfigurationProblem(problem.location(), message);
    }

    private @Nullable Object value(Shape shape, String key, @Nullable String fallback) {
        if (shape instanceof Shape.Leaf leaf) {
            return leaf(leaf, key, fallback, false);
        }
        if (shape instanceof Shape.Group group) {
            return group(group, key);
        }
        if (shape instanceof Shape.Named named) {
            return named(named, key);
        }
        return perhaps(((Shape.Perhaps) shape).inner(), key, fallback);
    }

    private Object group(Shape.Group group, String key) {
        containers.put(Setting.canonical(key), key);
        Object[] arguments = new Object[group.parts().size()];
        int problemsBefore = problems.size();
        for (int i = 0; i < arguments.length; i++) {
            Shape.Part part = group.parts().get(i);
            Object argument = value(part.shape(), key + "." + part.name(), part.fallback());
            arguments[i] = argument == null ? BROKEN : argument;
        }
        return problems.size() > problemsBefore ? BROKEN : construct(group.type(), arguments, key);
    }

    private Object construct(Class<?> type, Object[] arguments, String key) {
        try {
            Class<?>[] types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Constructor<?> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return canonical.newInstance(arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            String message = String.valueOf(cause.getMessage());
            problems.add(new ConfigurationProblem(locations(key), key + ": " + message));
            return BROKEN;
        } catch (ReflectiveOperationException e) {
            throw new InvalidContractException(
                    "configuration record " + type.getName() + " cannot be made; open its package to reflection", e);
        }
    }

    /** Every place that set something directly in a record: one of them has to change. */
    private String locations(String key) {
        String places = byKey.values().stream()
                .map(candidates -> candidates.get(0))
                .filter(setting -> setting.under(key).size() == 1
                        || (setting.kind() == Setting.Kind.ENVIRONMENT
                                && !setting.under(key).isEmpty()))
                .sorted(Comparator.comparing(Setting::kind).thenComparing(Setting::location))
                .map(Setting::location)
                .limit(8)
                .collect(Collectors.joining(", "));
        return places.isEmpty() ? "default" : places;
    }

    private Object named(Shape.Named named, String key) {
        containers.put(Setting.canonical(key), key);
        Map<String, Object> values = new LinkedHashMap<>();
        for (String name : names(named, key)) {
            Object value = value(named.value(), key + "." + name, null);
            values.put(name, value == null ? BROKEN : value);
        }
        return values.containsValue(BROKEN) ? BROKEN : Collections.unmodifiableMap(values);
    }

    // names as a file spells them come before those of the environment, which has only capitals and underscores
    private Set<String> names(Shape.Named named, String key) {
        Map<String, String> spelling = new LinkedHashMap<>();
        for (Setting setting : settings) {
            List<String> rest = setting.under(key);
            if (setting.kind() != Setting.Kind.ENVIRONMENT && !rest.isEmpty()) {
                spelling.putIfAbsent(Setting.canonical(rest.get(0)), rest.get(0));
            }
        }
        for (Setting setting : settings) {
            List<String> rest = setting.under(key);
            if (setting.kind() == Setting.Kind.ENVIRONMENT && !rest.isEmpty()) {
                String name = nameInVariable(named.value(), rest);
                spelling.putIfAbsent(Setting.canonical(name), name);
            }
        }
        return new LinkedHashSet<>(spelling.values());
    }

    // CATALOG_SEARCH_TIMEOUT: the longest tail that is a key of the record ends the name
    private static String nameInVariable(Shape value, List<String> tokens) {
        int end = tokens.size();
        if (value instanceof Shape.Group group) {
            Set<String> leaves = new HashSet<>();
            leaves(group, "", leaves);
            end = 1;
            while (end < tokens.size() - 1
                    && !leaves.contains(Setting.canonical(String.join("", tokens.subList(end, tokens.size()))))) {
                end++;
            }
        }
        return String.join("-", tokens.subList(0, end)).toLowerCase(Locale.ROOT);
    }

    private static void leaves(Shape shape, String key, Set<String> into) {
        if (shape instanceof Shape.Group group) {
            group.parts().forEach(part -> leaves(part.shape(), key + part.name(), into));
        } else if (shape instanceof Shape.Perhaps perhaps) {
            leaves(perhaps.inner(), key, into);
        } else {
            into.add(Setting.canonical(key));
        }
    }

    private Object perhaps(Shape inner, String key, @Nullable String fallback) {
        if (inner instanceof Shape.Leaf leaf) {
            Object value = leaf(leaf, key, fallback, true);
            return value == BROKEN ? BROKEN : Optional.ofNullable(value);
        }
        containers.put(Setting.canonical(key), key);
        if (!present(inner, key)) {
            return Optional.empty();
        }
        Object value = value(inner, key, fallback);
        return value == null || value == BROKEN ? BROKEN : Optional.of(value);
    }

    /** Whether anything is said about an optional record: one of its keys, or {@code {}} for all defaults. */
    private boolean present(Shape inner, String key) {
        boolean written = settings.stream()
                .filter(setting -> setting.kind() != Setting.Kind.ENVIRONMENT)
                .anyMatch(setting -> !setting.under(key).isEmpty());
        Set<String> leaves = new HashSet<>();
        leaves(inner, key, leaves);
        return written
                || leaves.stream().anyMatch(byKey::containsKey)
                || byKey.getOrDefault(Setting.canonical(key), List.of()).stream()
                        .anyMatch(Setting::emptyMapping);
    }

    /** The value of a key; null only if it is optional and not set. */
    private @Nullable Object leaf(Shape.Leaf leaf, String key, @Nullable String fallback, boolean optional) {
        List<Setting> candidates = byKey.getOrDefault(Setting.canonical(key), List.of());
        if (leaf.element().secret()) {
            candidates.forEach(this::remember);
        }
        explanations.put(Setting.canonical(key), explain(leaf, key, candidates, fallback));
        duplicates(key, candidates);
        if (candidates.isEmpty()) {
            return absent(leaf, key, fallback, optional);
        }
        Setting winner = candidates.get(0);
        if (leaf.element().secret() && winner.kind() == Setting.Kind.COMMAND_LINE) {
            return broken(
                    winner,
                    key + " is a secret, and arguments are visible to every user of the machine; set " + variable(key)
                            + " or write it into the file");
        }
        if (winner.kind() == Setting.Kind.COMMAND_LINE
                && !winner.hasValue()) { // "--key value": the value would be lost
            return broken(winner, key + " has no value; write --" + key + "=value, without a blank");
        }
        if (winner.emptyMapping() || (!winner.hasValue() && !optional && !leaf.list())) {
            return broken(winner, key + " has no value; write one or remove the key");
        }
        boolean nothing = !winner.hasValue() || (optional && "".equals(winner.text()));
        return optional && nothing ? null : convert(leaf, key, winner);
    }

    private void remember(Setting setting) {
        remember(setting.text());
        if (setting.items() != null) {
            setting.items().forEach(this::remember);
        }
    }

    /** A shorter one would be found in every other word. */
    private void remember(@Nullable String secret) {
        if (secret != null && secret.length() > 3) {
            secrets.add(secret);
        }
    }

    private @Nullable Object absent(Shape.Leaf leaf, String key, @Nullable String fallback, boolean optional) {
        if (fallback != null) {
            return leaf.list()
                    ? ValueType.split(fallback).stream()
                            .map(leaf.element()::parse)
                            .toList()
                    : leaf.element().parse(fallback);
        }
        if (optional) {
            return null;
        }
        if (leaf.list()) {
            return List.of();
        }
        problems.add(new ConfigurationProblem(
                "missing",
                key + " has no value and no default; set it in the file, as " + variable(key)
                        + (leaf.element().secret() ? "" : " or with --" + key + "=...")));
        return BROKEN;
    }

    private Object convert(Shape.Leaf leaf, String key, Setting winner) {
        if (!leaf.list()) {
            return winner.items() != null
                    ? broken(
                            winner,
                            key + " is a list but takes one value ("
                                    + leaf.element().description() + ")")
                    : one(leaf, key, winner, String.valueOf(winner.text()));
        }
        String text = winner.text() == null ? "" : winner.text();
        List<String> items = winner.items() != null ? winner.items() : ValueType.split(text);
        List<Object> values =
                items.stream().map(item -> one(leaf, key, winner, item)).toList();
        return values.contains(BROKEN) ? BROKEN : values;
    }

    private Object one(Shape.Leaf leaf, String key, Setting winner, String text) {
        try {
            return leaf.element().parse(text);
        } catch (IllegalArgumentException e) {
            String value = leaf.element().secret() ? "******" : Setting.shorten(text);
            String rule = String.valueOf(e.getMessage());
            String joint = rule.startsWith("must ") || rule.startsWith("has ") ? " " : ": ";
            return broken(winner, key + " (" + value + ")" + joint + rule);
        }
    }

    private Object broken(Setting setting, String message) {
        problems.add(new ConfigurationProblem(setting.location(), message));
        return BROKEN;
    }

    /** Two spellings of one key in one source: which of them wins would be chance. Files may repeat each other. */
    private void duplicates(String key, List<Setting> candidates) {
        for (int i = 1; i < candidates.size(); i++) {
            Setting first = candidates.get(i - 1);
            Setting second = candidates.get(i);
            if (first.kind() == second.kind() && first.source().equals(second.source())) {
                broken(second, key + " is set twice, also at " + first.location() + "; remove one");
            }
        }
    }

    private static Explanation explain(
            Shape.Leaf leaf, String key, List<Setting> candidates, @Nullable String fallback) {
        List<Explanation.Candidate> sources = new ArrayList<>();
        for (Setting setting : candidates) {
            String shown = leaf.element().secret() ? "******" : setting.shown();
            sources.add(new Explanation.Candidate(shown, setting.location()));
        }
        if (fallback != null) {
            sources.add(new Explanation.Candidate(leaf.element().secret() ? "******" : fallback, "default"));
        }
        return new Explanation(key, List.copyOf(sources));
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
