package io.holdfast.inject;

import io.holdfast.consensus.Consensus;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.config.Configuration;
import io.holdfast.service.RemoteService;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes an object from its class: its constructor says what it needs of the node. Immutable and safe for use by many threads.
 *
 * <p>A parameter is one of the node's parts, by its type alone; a primitive, by its type and {@link Named}; a client, by its contract; or a record of configuration, with {@link Named} for
 * the prefix of its keys.
 */
public final class Assembler {
    private final Map<Class<?>, Object> parts;
    private final Supplier<Consensus> consensus;
    private final Function<Class<?>, Object> clients;
    private final Configuration configuration;

    /**
     * Makes an assembler.
     *
     * @param parts what there is one of, by the type that a parameter has
     * @param consensus the primitives; throws if the node has none
     * @param clients makes a client of a contract
     * @param configuration where records are bound from
     */
    public Assembler(
            Map<Class<?>, Object> parts,
            Supplier<Consensus> consensus,
            Function<Class<?>, Object> clients,
            Configuration configuration) {
        this.parts = Map.copyOf(parts);
        this.consensus = consensus;
        this.clients = clients;
        this.configuration = configuration;
    }

    /**
     * Makes an object.
     *
     * @param type its class, with one constructor, or one with {@link Inject}
     * @param <T> its class
     * @return a new object
     * @throws InvalidContractException if the class or a parameter breaks a rule, with every problem; or if the constructor throws a checked exception
     */
    public <T> T make(Class<T> type) {
        return recipe(type, parameter -> false).make(parameter -> {
            throw new IllegalStateException("nothing is given");
        });
    }

    /**
     * What a class asks for.
     *
     * @param type its class, as for {@link #make}
     * @return the parameters of its constructor, in order
     * @throws InvalidContractException if the class breaks a rule
     */
    public static List<Parameter> parametersOf(Class<?> type) {
        return List.of(constructorOf(type).getParameters());
    }

    /**
     * Prepares to make many objects of a class. What the node gives is the same for all of them.
     *
     * @param type its class, as for {@link #make}
     * @param given tells the parameters that each object gets for itself
     * @param <T> its class
     * @return makes the objects
     * @throws InvalidContractException if the class or a parameter breaks a rule, with every problem
     */
    public <T> Recipe<T> recipe(Class<T> type, Predicate<Parameter> given) {
        Constructor<?> constructor = constructorOf(type);
        Parameter[] parameters = constructor.getParameters();
        @Nullable Object[] arguments = new @Nullable Object[parameters.length];
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < parameters.length; i++) {
            try {
                arguments[i] = given.test(parameters[i]) ? null : argument(parameters[i]);
            } catch (HoldfastException | IllegalStateException | IllegalArgumentException e) {
                problems.add(place(type, parameters[i], i) + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidContractException("the constructor of " + type.getName() + " has " + problems.size()
                    + (problems.size() == 1 ? " parameter" : " parameters") + " that nothing fits:\n  "
                    + String.join("\n  ", problems));
        }
        return new Recipe<>(type, constructor, arguments);
    }

    private static String place(Class<?> type, Parameter parameter, int index) {
        String name = parameter.isNamePresent() ? " " + parameter.getName() : "";
        return type.getSimpleName() + ", parameter " + (index + 1) + " ("
                + parameter.getType().getSimpleName() + name + ")";
    }

    private static Constructor<?> constructorOf(Class<?> type) {
        boolean inner = type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers()) || inner) {
            throw new InvalidContractException(
                    type.getName()
                            + " cannot be made: it is an interface, abstract, or an inner class; give a class that stands by itself, or make the object and give that");
        }
        Constructor<?>[] all = type.getDeclaredConstructors();
        List<Constructor<?>> marked = Arrays.stream(all)
                .filter(one -> one.isAnnotationPresent(Inject.class))
                .toList();
        if (marked.size() == 1) {
            return marked.get(0);
        }
        if (all.length != 1 || !marked.isEmpty()) {
            throw new InvalidContractException(type.getName() + " has " + all.length + " constructors, " + marked.size()
                    + " of them with @jakarta.inject.Inject; keep one, or mark the one to call");
        }
        return all[0];
    }

    private Object argument(Parameter parameter) {
        Class<?> type = parameter.getType();
        Named named = parameter.getAnnotation(Named.class);
        Object part = type == Consensus.class ? consensus.get() : parts.get(type);
        if (part != null || type.isAnnotationPresent(RemoteService.class)) {
            if (named != null) {
                throw new InvalidContractException("there is one of it on a node, which @Named(\"" + named.value()
                        + "\") does not change; remove the annotation");
            }
            return part != null ? part : clients.apply(type);
        }
        boolean primitive = NamedPart.isOne(type);
        if (!primitive && !type.isRecord()) {
            throw new InvalidContractException(
                    "a node has none; it has " + known()
                            + ", clients of contracts, and records of configuration; make the object yourself for anything else, and give that");
        }
        if (named == null || named.value().isEmpty()) {
            throw new InvalidContractException("it has no name; write @jakarta.inject.Named(\"...\") with "
                    + (primitive ? "the name that all nodes use for it" : "the prefix of its keys"));
        }
        if (!primitive) {
            return configuration.bind(named.value(), type.asSubclass(Record.class));
        }
        if (named.value().getBytes(StandardCharsets.UTF_8).length > 255) {
            throw new InvalidContractException("its name has more than 255 bytes; shorten it");
        }
        return NamedPart.make(parameter.getParameterizedType(), type, named.value(), consensus.get());
    }

    private String known() {
        return parts.keySet().stream().map(Class::getSimpleName).sorted().collect(Collectors.joining(", "))
                + ", Consensus, with a name " + NamedPart.known();
    }
}
