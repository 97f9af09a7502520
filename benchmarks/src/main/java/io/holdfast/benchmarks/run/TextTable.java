package io.holdfast.benchmarks.run;

import java.util.ArrayList;
import java.util.List;

/** A Markdown table whose columns line up, so that it reads well in a terminal and in a page. For use by one thread. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table with a head.
     *
     * @param columns the head
     */
    public TextTable(String... columns) {
        rows.add(List.of(columns));
    }

    /**
     * Adds a row.
     *
     * @param cells as many as the head has
     * @return this
     */
    public TextTable row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "row (" + cells.length + " cells) must have " + rows.get(0).size() + " cells, as the head has");
        }
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append(line(rows.get(i), ' '));
            if (i == 0) {
                text.append(line(rows.get(0).stream().map(cell -> "").toList(), '-'));
            }
        }
        return text.toString();
    }

    private String line(List<String> cells, char padding) {
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < cells.size(); column++) {
            int at = column;
            int width =
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
            String pad =
                    String.valueOf(padding).repeat(width - cells.get(column).length());
            line.append(padding).append(column == 0 ? cells.get(column) + pad : pad + cells.get(column));
            line.append(padding).append('|');
        }
        return line.append('\n').toString();
    }
}
