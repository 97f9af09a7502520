package io.holdfast.node;

import io.holdfast.circuitbreaker.chaos.NodeFaults;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Pauses and kills this process for an experiment. The one place in the library that may end the JVM: reached only if {@code holdfast.chaos.enabled} and {@code kill} stands in
 * {@code holdfast.chaos.allow}.
 */
final class ProcessFaults implements NodeFaults {
    /** As the shell reports SIGKILL. */
    private static final int KILLED = 137;

    /**
     * The process that continues this one is there before this one is stopped, and needs nothing of it: a stopped JVM could not wake itself. If the shell fails before, nothing is stopped.
     */
    private static final String PAUSE = "(sleep \"$2\"; kill -CONT \"$1\") & kill -STOP \"$1\"";

    @Override
    public void pause(Duration duration) throws IOException {
        String seconds = String.format(Locale.ROOT, "%.3f", duration.toNanos() / 1e9);
        new ProcessBuilder(
                        "sh",
                        "-c",
                        PAUSE,
                        "sh",
                        Long.toString(ProcessHandle.current().pid()),
                        seconds)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start(); // some milliseconds of the timers' thread; what follows stops every thread for seconds
    }

    @Override
    public void kill() {
        Runtime.getRuntime().halt(KILLED);
    }
}
