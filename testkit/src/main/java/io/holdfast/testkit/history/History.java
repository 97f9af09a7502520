package io.holdfast.testkit.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What clients did and what they were told, in the order of the beginnings. Immutable.
 *
 * @param operations the operations
 * @param <I> the type of the inputs
 * @param <O> the type of the results
 */
public record History<I, O>(List<Operation<I, O>> operations) {
    /**
     * Sorts by the beginnings.
     *
     * @param operations the operations, in any order
     */
    public History {
        List<Operation<I, O>> sorted = new ArrayList<>(operations);
        sorted.sort((a, b) -> Long.compare(a.invoked(), b.invoked()));
        operations = Collections.unmodifiableList(sorted);
    }

    /**
     * Splits the history by object.
     *
     * @return the operations of each key, in the order of the beginnings
     */
    public Map<String, List<Operation<I, O>>> byKey() {
        Map<String, List<Operation<I, O>>> parts = new LinkedHashMap<>();
        for (Operation<I, O> operation : operations) {
            parts.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(operation);
        }
        return parts;
    }

    /**
     * Writes the history as JSON lines, an operation a line, so that a failed run can be kept and checked again.
     *
     * <p>Inputs and results must be records whose components are {@code String} (null allowed), {@code long}, {@code int} or {@code boolean}; those of the models are.
     *
     * @param file the file, replaced if it exists
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if an input or a result has a component of another type
     */
    public void write(Path file) throws IOException {
        HistoryFile.write(this, file);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file the file
     * @param inputs the sealed interface, or the record, of the inputs
     * @param outputs the sealed interface, or the record, of the results
     * @param <I> the type of the inputs
     * @param <O> the type of the results
     * @return the history
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException with file and line if a line is not an operation of these types
     */
    public static <I, O> History<I, O> read(Path file, Class<I> inputs, Class<O> outputs) throws IOException {
        return HistoryFile.read(file, inputs, outputs);
    }
}
