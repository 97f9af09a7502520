package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A scenario without the policy and with it.
 *
 * @param scenario what happened
 * @param without what was seen without the policy
 * @param with what was seen with it
 */
record Comparison(Scenario scenario, Observed without, Observed with) {
    private static final String ROW = "%-44s %12s %12s   %s";

    /** Whether each figure is as much better as the scenario says. */
    boolean shown() {
        return scenario.figures().stream().allMatch(figure -> figure.shown(before(figure), after(figure)));
    }

    private double before(Figure figure) {
        return figure.value().applyAsDouble(without);
    }

    private double after(Figure figure) {
        return figure.value().applyAsDouble(with);
    }

    /** For people: a line a figure. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(scenario.name() + ": " + scenario.story());
        lines.add("without: " + scenario.without());
        lines.add("with:    " + scenario.with());
        lines.add("");
        lines.add(String.format(Locale.ROOT, ROW, "", "without", "with", "better by"));
        scenario.figures().forEach(figure -> lines.add(row(figure)));
        lines.add("");
        lines.add(shown() ? "the effect was shown" : "the effect was not shown");
        return lines;
    }

    private String row(Figure figure) {
        String name = figure.unit().isEmpty() ? figure.name() : figure.name() + " (" + figure.unit() + ")";
        double gain = figure.gain(before(figure), after(figure));
        String wanted = figure.factor() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " of at least %.1f%s",
                        figure.factor(),
                        figure.shown(before(figure), after(figure)) ? "" : ", which it is not");
        return String.format(
                Locale.ROOT,
                ROW,
                name,
                number(before(figure)),
                number(after(figure)),
                String.format(Locale.ROOT, "%.1f times%s", gain, wanted));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }

    /** For programs: one line. */
    String json() {
        List<Map<String, Object>> figures = new ArrayList<>();
        for (Figure figure : scenario.figures()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", figure.name());
            one.put("unit", figure.unit());
            one.put("without", rounded(before(figure)));
            one.put("with", rounded(after(figure)));
            one.put("better", rounded(figure.gain(before(figure), after(figure))));
            figures.add(one);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", scenario.name());
        json.put("figures", figures);
        json.put("shown", shown());
        return Json.text(json);
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
