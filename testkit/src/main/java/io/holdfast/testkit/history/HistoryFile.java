package io.holdfast.testkit.history;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Histories as JSON lines: one flat object an operation. */
final class HistoryFile {
    private HistoryFile() {}

    static <I, O> void write(History<I, O> history, Path file) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (Operation<I, O> operation : history.operations()) {
                writer.write(JsonLine.write(fields(operation)));
                writer.newLine();
            }
        }
    }

    private static Map<String, @Nullable Object> fields(Operation<?, ?> operation) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("process", (long) operation.process());
        fields.put("key", operation.key());
        fields.put("invoked", operation.invoked());
        fields.put("returned", operation.returned() == Operation.NEVER ? null : operation.returned());
        fields.put("invokedNanos", operation.invokedNanos());
        fields.put("returnedNanos", operation.returnedNanos() == Operation.NEVER ? null : operation.returnedNanos());
        RecordFields.write("input", operation.input(), fields);
        if (operation.outcome() instanceof Outcome.Ok<?> ok) {
            RecordFields.write("output", ok.output(), fields);
        } else {
            fields.put("output", operation.outcome() instanceof Outcome.Failed ? "failed" : "unknown");
        }
        return fields;
    }

    static <I, O> History<I, O> read(Path file, Class<I> inputs, Class<O> outputs) throws IOException {
        RecordFields<I> input = new RecordFields<>("input", inputs);
        RecordFields<O> output = new RecordFields<>("output", outputs);
        List<Operation<I, O>> operations = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line = reader.readLine();
            while (line != null) {
                if (!line.isBlank()) {
                    operations.add(operation(file, operations.size() + 1, line, input, output));
                }
                line = reader.readLine();
            }
        }
        return new History<>(operations);
    }

    private static <I, O> Operation<I, O> operation(
            Path file, int line, String text, RecordFields<I> input, RecordFields<O> output) {
        try {
            Map<String, @Nullable Object> fields = JsonLine.read(text);
            return new Operation<>(
                    Math.toIntExact(number(fields, "process")),
                    String.valueOf(fields.get("key")),
                    input.read(fields),
                    outcome(fields, output),
                    number(fields, "invoked"),
                    number(fields, "returned"),
                    number(fields, "invokedNanos"),
                    number(fields, "returnedNanos"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "operation " + line + " of " + file + " (" + text + ") cannot be read: " + e.getMessage(), e);
        }
    }

    private static <O> Outcome<O> outcome(Map<String, @Nullable Object> fields, RecordFields<O> output) {
        Object end = fields.get("output");
        if ("failed".equals(end)) {
            return new Outcome.Failed<>();
        }
        return "unknown".equals(end) ? new Outcome.Unknown<>() : new Outcome.Ok<>(output.read(fields));
    }

    private static long number(Map<String, @Nullable Object> fields, String name) {
        if (!fields.containsKey(name)) {
            throw new IllegalArgumentException("field " + name + " is missing; write histories with History.write");
        }
        return fields.get(name) instanceof Long number ? number : Operation.NEVER;
    }
}
