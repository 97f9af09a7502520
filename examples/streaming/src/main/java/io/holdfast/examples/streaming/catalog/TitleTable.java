package io.holdfast.examples.streaming.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads titles from a table of comma-separated values (RFC 4180, one record a line). */
final class TitleTable {
    static final String HEADER = "title,year,genre,director,rating,votes,minutes";

    private TitleTable() {}

    /** The titles that come with the example. */
    static List<Title> packaged() {
        try (InputStream in = TitleTable.class.getResourceAsStream("titles.csv")) {
            if (in == null) {
                throw new IllegalStateException("titles.csv is missing from the class path; build the example again");
            }
            return read(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("titles.csv cannot be read from the class path", e);
        }
    }

    static List<Title> read(Reader table) throws IOException {
        BufferedReader lines = new BufferedReader(table);
        String header = lines.readLine();
        if (!HEADER.equals(header)) {
            throw new IOException("the first line (" + header + ") must be " + HEADER);
        }
        List<Title> titles = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int id = titles.size() + 1;
            titles.add(title(id, fields(line, id + 1), id + 1));
        }
        return List.copyOf(titles);
    }

    private static Title title(int id, List<String> fields, int line) throws IOException {
        if (fields.size() != 7) {
            throw new IOException("line " + line + " has " + fields.size() + " fields; it must have 7: " + HEADER);
        }
        try {
            return new Title(
                    id,
                    fields.get(0),
                    whole(fields.get(1)),
                    fields.get(2),
                    fields.get(3),
                    fields.get(4).isEmpty() ? 0 : Double.parseDouble(fields.get(4)),
                    whole(fields.get(5)),
                    whole(fields.get(6)));
        } catch (NumberFormatException e) {
            throw new IOException("line " + line + " has a field that must be a number: " + e.getMessage(), e);
        }
    }

    private static int whole(String field) {
        return field.isEmpty() ? 0 : Integer.parseInt(field);
    }

    private static List<String> fields(String line, int number) throws IOException {
        List<String> fields = new ArrayList<>(7);
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (quoted) {
            throw new IOException("line " + number + " opens a quote that it does not close");
        }
        fields.add(field.toString());
        return fields;
    }
}
