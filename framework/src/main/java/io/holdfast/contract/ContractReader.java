package io.holdfast.contract;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.service.RemoteService;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Reads contracts and reports every mistake of one at once, each with its place and the fix. Safe for use by many threads. */
public final class ContractReader {
    private static final int MAX_METHODS = 256;

    private final Codec codec;

    /**
     * Makes a reader.
     *
     * @param codec makes the codecs of arguments and results
     */
    public ContractReader(Codec codec) {
        this.codec = codec;
    }

    /**
     * Reads a contract.
     *
     * @param type the annotated interface
     * @return the contract
     * @throws InvalidContractException if a rule is broken; the message lists every mistake
     */
    public Contract read(Class<?> type) {
        RemoteService annotation = type.getAnnotation(RemoteService.class);
        if (!type.isInterface() || annotation == null) {
            throw new InvalidContractException(
                    type.getName()
                            + " is no contract: a contract is an interface with @RemoteService(\"name\"); annotate the interface");
        }
        ContractProblems problems = new ContractProblems("contract " + type.getName());
        Contract contract = read(type, "@RemoteService", annotation.value(), annotation.version(), problems);
        problems.throwIfAny();
        return contract;
    }

    /**
     * Reads an interface whose name comes from elsewhere.
     *
     * @param type the interface
     * @param place where the name stands, for messages
     * @param name its name, a DNS label
     * @param version as {@link Contract#version}
     * @param problems takes every mistake
     * @return the contract, of use only if there is no problem
     */
    public Contract read(Class<?> type, String place, String name, String version, ContractProblems problems) {
        ServiceName service = problems.check(place, () -> ServiceName.of(name));
        if (type.getTypeParameters().length > 0) {
            problems.add(type.getSimpleName(), "a contract has no type parameters; name the types in its methods");
        }
        List<RemoteMethod> methods = new ArrayList<>();
        List<Method> local = new ArrayList<>();
        for (Method method : methodsOf(type)) {
            if (method.isDefault()) {
                local.add(method);
            } else {
                RemoteMethod remote = readMethod(name, method, problems);
                if (remote != null) {
                    methods.add(remote);
                }
            }
        }
        checkAll(methods, problems);
        methods.sort(Comparator.comparingInt(RemoteMethod::hash));
        return new Contract(type, service == null ? ServiceName.of("x") : service, version, methods, local);
    }

    /**
     * The contracts that a service implements.
     *
     * @param implementation the service
     * @return the annotated interfaces of its class and superclasses; empty if there are none
     */
    public static List<Class<?>> contractsOf(Object implementation) {
        Set<Class<?>> found = new LinkedHashSet<>();
        for (Class<?> c = implementation.getClass(); c != null; c = c.getSuperclass()) {
            collect(c, found);
        }
        return List.copyOf(found);
    }

    private static void collect(Class<?> type, Set<Class<?>> found) {
        for (Class<?> candidate : type.getInterfaces()) {
            if (candidate.isAnnotationPresent(RemoteService.class)) {
                found.add(candidate);
            }
            collect(candidate, found);
        }
    }

    private static List<Method> methodsOf(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isSynthetic() && !isObjectMethod(m))
                .sorted(Comparator.comparing(MethodHash::signature))
                .toList();
    }

    private static boolean isObjectMethod(Method method) {
        return switch (method.getName()) {
            case "equals" -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {Object.class});
            case "hashCode", "toString" -> method.getParameterCount() == 0;
            default -> false;
        };
    }

    private @Nullable RemoteMethod readMethod(String service, Method method, ContractProblems problems) {
        String place = place(method);
        if (method.getTypeParameters().length > 0) {
            problems.add(place, "a remote method has no type parameters; name the types, or add a method for each");
            return null;
        }
        Type result = resultOf(method, place, problems);
        TypeCodec<Object[]> arguments =
                problems.check(place, () -> codec.forArguments(Arrays.asList(method.getGenericParameterTypes())));
        TypeCodec<Object> value = result == null
                ? null
                : result == Void.class
                        ? NoResult.INSTANCE
                        : problems.check(place + " result", () -> codec.<Object>forType(result));
        List<DeclaredFailure> failures = failuresOf(method, place, problems);
        if (arguments == null || value == null) {
            return null;
        }
        return new RemoteMethod(
                method,
                service + "/" + method.getName(),
                MethodHash.of(method),
                kindOf(method),
                arguments,
                value,
                method.isAnnotationPresent(Idempotent.class)
                        || method.getDeclaringClass().isAnnotationPresent(Idempotent.class),
                failures);
    }

    private static ResultKind kindOf(Method method) {
        Class<?> type = method.getReturnType();
        if (type == void.class) {
            return ResultKind.ACKNOWLEDGED;
        }
        return isStage(type) ? ResultKind.STAGE : ResultKind.VALUE;
    }

    private static boolean isStage(Class<?> type) {
        return type == CompletionStage.class || type == CompletableFuture.class;
    }

    private static @Nullable Type resultOf(Method method, String place, ContractProblems problems) {
        Class<?> raw = method.getReturnType();
        if (raw == void.class) {
            return Void.class;
        }
        if (!isStage(raw)) {
            if (Future.class.isAssignableFrom(raw)) {
                problems.add(place, raw.getSimpleName() + " blocks who reads it; return CompletionStage");
                return null;
            }
            return method.getGenericReturnType();
        }
        if (method.getGenericReturnType() instanceof ParameterizedType stage
                && !(stage.getActualTypeArguments()[0] instanceof WildcardType)) {
            return stage.getActualTypeArguments()[0];
        }
        problems.add(place, raw.getSimpleName() + " does not name its result; write CompletionStage<Order>");
        return null;
    }

    private List<DeclaredFailure> failuresOf(Method method, String place, ContractProblems problems) {
        List<DeclaredFailure> failures = new ArrayList<>();
        for (Class<?> type : method.getExceptionTypes()) {
            if (HoldfastException.class.isAssignableFrom(type)) {
                continue; // travels by itself
            }
            DeclaredFailure failure =
                    problems.check(place, () -> DeclaredFailure.of(type.asSubclass(Throwable.class), codec));
            if (failure != null) {
                failures.add(failure);
            }
        }
        failures.sort(
                Comparator.comparingInt((DeclaredFailure f) -> depth(f.type())).reversed());
        return failures;
    }

    private static int depth(@Nullable Class<?> type) {
        return type == null ? 0 : 1 + depth(type.getSuperclass());
    }

    private static void checkAll(List<RemoteMethod> methods, ContractProblems problems) {
        if (methods.size() > MAX_METHODS) {
            problems.add(
                    "the contract",
                    "it has " + methods.size() + " methods; keep at most " + MAX_METHODS + ", or split it");
        }
        Map<Integer, RemoteMethod> byHash = new HashMap<>();
        for (RemoteMethod method : methods) {
            RemoteMethod other = byHash.put(method.hash(), method);
            if (other != null) {
                problems.add(
                        place(method.method()),
                        "its hash collides with that of " + place(other.method()) + "; rename one of them");
            }
        }
        Map<String, RemoteMethod> byName = new HashMap<>();
        for (RemoteMethod method : methods) {
            RemoteMethod other = byName.put(method.name(), method);
            if (other != null) {
                problems.add(
                        place(method.method()),
                        "another method has the same name, and metrics and policies know methods by name; rename one of them");
            }
        }
    }

    private static String place(Method method) {
        StringBuilder types = new StringBuilder();
        for (Class<?> type : method.getParameterTypes()) {
            types.append(types.isEmpty() ? "" : ", ").append(type.getSimpleName());
        }
        return method.getDeclaringClass().getSimpleName() + "." + method.getName() + "(" + types + ")";
    }
}
