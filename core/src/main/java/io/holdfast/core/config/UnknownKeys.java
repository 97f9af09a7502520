package io.holdfast.core.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds settings that no record asked for: mostly typing errors, which must not be taken for defaults. */
final class UnknownKeys {
    private static final String ROOT = "holdfast";

    private final Map<String, Explanation> known;
    private final Map<String, String> containers;

    UnknownKeys(Map<String, Explanation> known, Map<String, String> containers) {
        this.known = known;
        this.containers = containers;
    }

    List<ConfigurationProblem> among(List<Setting> settings, List<Section<?>> sections, boolean whole) {
        Set<String> territories = new HashSet<>();
        for (Section<?> section : sections) {
            String prefix = section.prefix();
            territories.add(whole ? firstName(prefix) : prefix);
        }
        if (whole) {
            territories.add(ROOT);
        }
        List<String> keys = known.values().stream().map(Explanation::key).toList();
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (Setting setting : settings) {
            String canonical = setting.canonical();
            if (!known.containsKey(canonical)
                    && !(containers.containsKey(canonical) && container(setting))
                    && (claimed(setting, territories) || (whole && nearlyOurs(setting)))) {
                problems.add(new ConfigurationProblem(setting.location(), message(setting, canonical, keys)));
            }
        }
        return problems;
    }

    private String message(Setting setting, String canonical, List<String> keys) {
        String key =
                setting.kind() == Setting.Kind.ENVIRONMENT ? setting.key().toLowerCase(Locale.ROOT) : setting.key();
        if (containers.containsKey(canonical)) {
            return key + " holds further keys and takes no value of its own; write them beneath it";
        }
        String section = NearestKey.withKnownSections(key, containers);
        return section == null ? NearestKey.unknown(key, keys) : NearestKey.meant(key, section);
    }

    private static boolean container(Setting setting) {
        return setting.kind() == Setting.Kind.FILE && (setting.emptyMapping() || !setting.hasValue());
    }

    private static boolean claimed(Setting setting, Set<String> territories) {
        return territories.stream()
                .anyMatch(territory -> !setting.under(territory).isEmpty()
                        || setting.canonical().equals(Setting.canonical(territory)));
    }

    // holdfst: at the top of a file would otherwise drop the whole file in silence
    private static boolean nearlyOurs(Setting setting) {
        return setting.kind() == Setting.Kind.FILE
                && NearestKey.distance(Setting.canonical(setting.path().get(0)), ROOT) <= 2;
    }

    private static String firstName(String prefix) {
        int dot = prefix.indexOf('.');
        return dot < 0 ? prefix : prefix.substring(0, dot);
    }
}
