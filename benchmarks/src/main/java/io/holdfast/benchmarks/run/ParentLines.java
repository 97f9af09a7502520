package io.holdfast.benchmarks.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The child's end of {@link ChildJvm}: lines from the driver, lines to it. For use by one thread; {@link #say} by many. */
public final class ParentLines {
    private final BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    /**
     * Waits for the driver's next line.
     *
     * @return the line, or null when the driver is gone
     */
    public @Nullable String next() {
        try {
            return input.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Tells the driver a line.
     *
     * @param line its first word says what it is
     */
    public static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
