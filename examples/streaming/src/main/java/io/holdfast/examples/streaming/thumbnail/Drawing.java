package io.holdfast.examples.streaming.thumbnail;

import io.holdfast.examples.streaming.catalog.Title;
import java.util.ArrayList;
import java.util.List;

/** Draws a title: its name on a ground whose colour comes from the genre. */
final class Drawing {
    private static final int WIDTH = 160;
    private static final int HEIGHT = 90;
    private static final int LINE = 18;
    private static final int MAX_LINES = 3;
    private static final int LINE_HEIGHT = 18;

    private Drawing() {}

    static String of(Title title) {
        int hue = Math.floorMod(title.genre().hashCode() * 31 + title.id(), 360);
        StringBuilder svg = new StringBuilder(600)
                .append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(WIDTH + " " + HEIGHT + "\" role=\"img\"><title>")
                .append(escaped(title.name()))
                .append("</title><rect width=\"160\" height=\"90\" fill=\"hsl(" + hue + ",45%,28%)\"/>")
                .append("<circle cx=\"138\" cy=\"16\" r=\"34\" fill=\"hsl(" + (hue + 40) % 360 + ",55%,40%)\"/>")
                .append("<g fill=\"#fff\" font-family=\"sans-serif\" font-size=\"14\" font-weight=\"bold\">");
        List<String> lines = lines(title.name());
        int y = HEIGHT - 24 - (lines.size() - 1) * LINE_HEIGHT;
        for (String line : lines) {
            svg.append("<text x=\"8\" y=\"" + y + "\">").append(escaped(line)).append("</text>");
            y += LINE_HEIGHT;
        }
        svg.append(
                        "</g><text x=\"8\" y=\"82\" fill=\"#fff\" fill-opacity=\".75\" font-family=\"sans-serif\" font-size=\"10\">")
                .append(escaped(caption(title)));
        return svg.append("</text></svg>").toString();
    }

    private static String caption(Title title) {
        String year = title.year() > 0 ? Integer.toString(title.year()) : "";
        return year.isEmpty() || title.genre().isEmpty() ? year + title.genre() : year + " · " + title.genre();
    }

    /** The name in lines that fit; what is too much goes. */
    static List<String> lines(String name) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : name.split("\\s+")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > LINE) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(shortened(word));
        }
        lines.add(line.toString());
        if (lines.size() > MAX_LINES) {
            lines.set(MAX_LINES - 1, shortened(lines.get(MAX_LINES - 1) + "…"));
        }
        return List.copyOf(lines.subList(0, Math.min(MAX_LINES, lines.size())));
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LINE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LINE - 1)) + "…";
    }

    /** Names come from a table, but a picture is a document of its own: nothing in it may be markup. */
    private static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                default -> {
                    if (c >= ' '
                            && c != 0xFFFE
                            && c != 0xFFFF
                            && !(c >= 0xD800 && c <= 0xDFFF)) { // XML allows no others
                        safe.appendCodePoint(c);
                    }
                }
            }
        });
        return safe.toString();
    }
}
