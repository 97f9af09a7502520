package io.holdfast.core.env;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Virtual threads by name look-up, so that one jar built on 17 uses them on 21 and later (JEP 444). */
final class VirtualThreads {
    private VirtualThreads() {}

    static @Nullable ExecutorService executorOrNull(String name) {
        try {
            ThreadFactory factory = factory(name);
            return (ExecutorService) MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class, ThreadFactory.class))
                    .invoke(factory);
        } catch (Throwable noVirtualThreads) {
            return null;
        }
    }

    private static ThreadFactory factory(String name) throws Throwable {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
        Object ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder))
                .invoke();
        Object named = lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class))
                .invoke(ofVirtual, name + "-", 1L);
        return (ThreadFactory) lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class))
                .invoke(named);
    }
}
