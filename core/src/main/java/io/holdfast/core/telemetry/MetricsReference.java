package io.holdfast.core.telemetry;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes {@code docs/metrics.md} from the modules' enums, so that the page cannot differ from the code. */
public final class MetricsReference {
    private MetricsReference() {}

    /**
     * The reference of all metrics as Markdown tables: name, kind, tags, what it says.
     *
     * @param modules the metrics of each module, in the order of the page
     * @return the page, without a heading of its own, ending with a line break
     */
    public static String markdown(Map<String, ? extends List<? extends MetricName>> modules) {
        StringBuilder page = new StringBuilder();
        modules.forEach((module, metrics) -> {
            page.append(page.isEmpty() ? "" : "\n").append("## ").append(module).append("\n\n");
            page.append("| metric | kind | tags | what it says |\n|---|---|---|---|\n");
            metrics.forEach(metric -> row(metric.spec(), page));
        });
        return page.toString();
    }

    private static void row(MetricSpec metric, StringBuilder page) {
        page.append("| `").append(metric.metric()).append("` | ");
        page.append(metric.kind().name().toLowerCase(Locale.ROOT)).append(" | ");
        page.append(String.join(", ", metric.tags()).replace("|", "\\|")).append(" | ");
        page.append(metric.description().replace("|", "\\|")).append(" |\n");
    }
}
