package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.ServiceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two versions of one contract in two class loaders, a node of each version. */
class ContractEvolutionTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String OLD = """
            package shop;
            @io.holdfast.service.RemoteService("orders")
            public interface Orders {
              record Order(String id, int count) {}
              Order place(Order order);
              final class Service implements Orders {
                public Order place(Order order) { return new Order(order.id() + "-placed", order.count()); }
              }
            }
            """;
    private static final String NEW = """
            package shop;
            @io.holdfast.service.RemoteService("orders")
            public interface Orders {
              record Order(String id, int count, String note, java.util.Optional<String> gift) {}
              Order place(Order order);
              String cancel(String id);
              final class Service implements Orders {
                public Order place(Order order) { return new Order(order.id() + "-placed", order.count(), "seen " + order.note(), order.gift()); }
                public String cancel(String id) { return "cancelled " + id; }
              }
            }
            """;

    @TempDir
    Path folder;

    private HoldfastNode one;
    private HoldfastNode two;

    @BeforeEach
    void startTwo() {
        one = Holdfast.node("one").start().awaitReady(LIMIT);
        two = Holdfast.node("two").seeds(one.address().toString()).start().awaitReady(LIMIT);
    }

    @AfterEach
    void close() {
        two.close();
        one.close();
    }

    private ClassLoader compile(String name, String source) {
        try {
            Path file = folder.resolve(name).resolve("shop/Orders.java");
            Files.createDirectories(file.getParent());
            Files.writeString(file, source);
            int status = ToolProvider.getSystemJavaCompiler()
                    .run(
                            null,
                            null,
                            null,
                            "-parameters",
                            "-cp",
                            System.getProperty("java.class.path"),
                            file.toString());
            assertThat(status).isZero();
            return new URLClassLoader(
                    new URL[] {folder.resolve(name).toUri().toURL()}, getClass().getClassLoader());
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object host(ClassLoader version) throws Exception {
        Constructor<?> constructor = version.loadClass("shop.Orders$Service").getDeclaredConstructor();
        constructor.setAccessible(true);
        Object service = constructor.newInstance();
        two.host(service);
        one.services()
                .awaitInstances(ServiceName.of("orders"), 1, LIMIT)
                .toCompletableFuture()
                .join();
        return service;
    }

    private static Object call(Object client, Class<?> contract, String method, Object argument) throws Throwable {
        for (Method candidate : contract.getMethods()) {
            if (candidate.getName().equals(method)) {
                try {
                    return candidate.invoke(client, argument);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        }
        throw new AssertionError(method);
    }

    private static Object order(ClassLoader version, Object... values) throws Exception {
        return version.loadClass("shop.Orders$Order")
                .getDeclaredConstructors()[0]
                .newInstance(values);
    }

    @Test
    void anOldCallerIsServedByANewService() throws Throwable {
        ClassLoader old = compile("old", OLD);
        host(compile("new", NEW));
        Class<?> contract = old.loadClass("shop.Orders");
        Object placed = call(one.client(contract), contract, "place", order(old, "o1", 2));
        assertThat(placed).hasToString("Order[id=o1-placed, count=2]");
    }

    @Test
    void aNewCallerIsServedByAnOldServiceAsFarAsItsMethodsGo() throws Throwable {
        ClassLoader fresh = compile("new", NEW);
        host(compile("old", OLD));
        Class<?> contract = fresh.loadClass("shop.Orders");
        Object client = one.client(contract);
        Object placed = call(client, contract, "place", order(fresh, "o1", 2, "note", java.util.Optional.of("bow")));
        assertThat(placed).hasToString("Order[id=o1-placed, count=2, note=null, gift=Optional.empty]");
        assertThat(List.of(org.assertj.core.api.Assertions.catchThrowable(() -> call(client, contract, "cancel", "o1"))
                        .getMessage()))
                .first()
                .asString()
                .contains("none has the method cancel(java.lang.String)");
    }
}
