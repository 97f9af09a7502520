package io.holdfast.core.slo;

import io.holdfast.core.DurationText;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Prometheus rules from the same objectives that are tracked in process: recording rules for the burn rates over all nodes, and an alert for each {@link BurnAlert}. */
public final class SloRules {
    private static final String EVENTS = "holdfast_slo_events_total";

    private SloRules() {}

    /**
     * Writes a rule file.
     *
     * @param objectives the objectives of each service, in the order in which they are to stand
     * @param alerts the alerts of each objective
     * @return YAML for {@code rule_files} of Prometheus
     */
    public static String prometheus(Map<String, List<Objective>> objectives, List<BurnAlert> alerts) {
        StringBuilder out = new StringBuilder("groups:\n");
        objectives.forEach((service, wanted) -> {
            for (Objective objective : wanted) {
                out.append("  - name: slo-")
                        .append(service)
                        .append('-')
                        .append(objective.name())
                        .append("\n    rules:\n");
                windows(alerts).forEach(window -> record(service, objective, window, out));
                alerts.forEach(alert -> alert(service, objective, alert, out));
            }
        });
        return out.toString();
    }

    private static Set<Duration> windows(List<BurnAlert> alerts) {
        Set<Duration> windows = new LinkedHashSet<>();
        alerts.forEach(alert -> {
            windows.add(alert.shortWindow());
            windows.add(alert.longWindow());
        });
        return windows;
    }

    private static void record(String service, Objective objective, Duration window, StringBuilder out) {
        String labels = labels(service, objective);
        String range = DurationText.of(window);
        out.append("      - record: ").append(recorded(window)).append('\n');
        out.append("        labels: {service: ")
                .append(service)
                .append(", objective: ")
                .append(objective.name())
                .append("}\n");
        out.append("        expr: >-\n          sum(rate(")
                .append(EVENTS)
                .append('{')
                .append(labels)
                .append(",result=\"bad\"}[")
                .append(range)
                .append("]))\n");
        out.append("          / sum(rate(")
                .append(EVENTS)
                .append('{')
                .append(labels)
                .append("}[")
                .append(range)
                .append("]))\n");
        out.append("          / ").append(budget(objective)).append('\n');
    }

    private static void alert(String service, Objective objective, BurnAlert alert, StringBuilder out) {
        String labels = "{service=\"" + service + "\",objective=\"" + objective.name() + "\"}";
        String factor = factor(objective, alert);
        out.append("      - alert: HoldfastBudgetBurn\n        expr: >-\n");
        out.append("          ")
                .append(recorded(alert.longWindow()))
                .append(labels)
                .append(" > ")
                .append(factor)
                .append('\n');
        out.append("          and ")
                .append(recorded(alert.shortWindow()))
                .append(labels)
                .append(" > ")
                .append(factor)
                .append('\n');
        out.append("        labels: {severity: ")
                .append(alert.severity())
                .append(", burn: ")
                .append(alert.name())
                .append("}\n");
        out.append("        annotations:\n          summary: >-\n            ")
                .append(objective.name())
                .append(" of ")
                .append(service)
                .append(" (")
                .append(objective.describe())
                .append(") burns faster than ")
                .append(factor)
                .append(" times its budget over ")
                .append(DurationText.of(alert.longWindow()))
                .append('\n');
        out.append("          runbook_url: docs/slo.md#").append(alert.name()).append('\n');
    }

    private static String recorded(Duration window) {
        return "holdfast:slo_burn_rate:" + DurationText.of(window);
    }

    private static String labels(String service, Objective objective) {
        return "service=\"" + service + "\",objective=\"" + objective.name() + "\"";
    }

    private static String budget(Objective objective) {
        return String.format(Locale.ROOT, "%.5f", objective.budget());
    }

    private static String factor(Objective objective, BurnAlert alert) {
        return String.format(Locale.ROOT, "%.1f", objective.reachable(alert.factor()));
    }
}
