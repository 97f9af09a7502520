package io.holdfast.examples.kv;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The wall clocks of processes, each with an offset of its own: a library that is loaded before the others answers when anything in the process asks the system for the time of day, the engine and the
 * JDK as well. Needs a C compiler on Linux. For use by one thread.
 */
final class WallClocks {
    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <fcntl.h>
            #include <stdlib.h>
            #include <sys/mman.h>
            #include <sys/time.h>
            #include <time.h>

            static volatile long *offset;

            __attribute__((constructor)) static void start(void) {
                const char *file = getenv("WALL_CLOCK_OFFSET");
                int fd = file ? open(file, O_RDONLY) : -1;
                void *map = fd < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, fd, 0);
                offset = map == MAP_FAILED ? 0 : map;
            }

            int clock_gettime(clockid_t id, struct timespec *time) {
                static int (*next)(clockid_t, struct timespec *);
                if (!next) next = dlsym(RTLD_NEXT, "clock_gettime");
                int result = next(id, time);
                if (id == CLOCK_REALTIME && offset) time->tv_sec += *offset;
                return result;
            }

            int gettimeofday(struct timeval *time, void *zone) {
                static int (*next)(struct timeval *, void *);
                if (!next) next = dlsym(RTLD_NEXT, "gettimeofday");
                int result = next(time, zone);
                if (time && offset) time->tv_sec += *offset;
                return result;
            }
            """;

    private final Path folder;
    private final @Nullable Path library;

    /** Clocks whose files are in a folder; they stay right where {@link #isPossible} says no. */
    WallClocks(Path folder) {
        this.folder = folder;
        this.library = isPossible() ? compile(folder) : null;
    }

    static boolean isPossible() {
        return System.getProperty("os.name").equals("Linux") && Shell.succeeds("gcc", "--version");
    }

    private static Path compile(Path folder) {
        Path source = folder.resolve("wall-clock.c");
        Path library = folder.resolve("wall-clock.so");
        try {
            Files.writeString(source, SOURCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run("gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl");
        return library;
    }

    /** What a process needs in its environment. */
    Map<String, String> environment(String process) {
        if (library == null) {
            return Map.of();
        }
        jump(process, 0);
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "WALL_CLOCK_OFFSET",
                offset(process).toString());
    }

    /** Sets how many seconds a process's clock is ahead. */
    void jump(String process, long seconds) {
        try (RandomAccessFile file = new RandomAccessFile(offset(process).toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(seconds));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path offset(String process) {
        return folder.resolve("wall-clock-" + process);
    }
}
