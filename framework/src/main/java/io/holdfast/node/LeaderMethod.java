package io.holdfast.node;

import io.holdfast.consensus.LeaderElection;
import io.holdfast.consensus.Lease;
import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.InvalidContractException;
import io.holdfast.service.LeaderOnly;
import io.holdfast.service.RemoteService;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A method with {@link LeaderOnly}.
 *
 * @param election the office
 * @param every the time from one beginning to the next; zero for once a term
 * @param body runs it
 */
record LeaderMethod(String election, Duration every, LeaderElection.Duty body) {
    /**
     * Reads an object.
     *
     * @throws InvalidContractException with every mistake, each with its place and the fix
     */
    static List<LeaderMethod> of(Object bean) {
        List<String> problems = new ArrayList<>();
        List<LeaderMethod> found = new ArrayList<>();
        Set<String> elections = new HashSet<>();
        for (Method method : annotated(bean.getClass())) {
            LeaderOnly said = method.getAnnotation(LeaderOnly.class);
            String place = method.getDeclaringClass().getSimpleName() + "." + method.getName();
            List<String> wrong = mistakes(bean.getClass(), method, said);
            if (!elections.add(said.election())) {
                wrong.add("another method stands for election " + said.election()
                        + "; call one from the other, or give each an election of its own");
            }
            wrong.forEach(rule -> problems.add(place + ": " + rule));
            if (wrong.isEmpty()) {
                found.add(new LeaderMethod(said.election(), every(said), duty(bean, method)));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidContractException(bean.getClass().getName() + " breaks " + problems.size()
                    + (problems.size() == 1 ? " rule" : " rules") + " of @LeaderOnly:\n  "
                    + String.join("\n  ", problems));
        }
        return found;
    }

    /** Of the class and its parents, without what is overridden, and of its interfaces, where it is a mistake. */
    private static List<Method> annotated(Class<?> type) {
        Set<String> seen = new HashSet<>();
        List<Method> found = new ArrayList<>();
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            interfaces(c, interfaces);
            Arrays.stream(c.getDeclaredMethods())
                    .sorted(Comparator.comparing(Method::getName))
                    .filter(method -> !method.isBridge() && seen.add(signature(method)))
                    .filter(method -> method.isAnnotationPresent(LeaderOnly.class))
                    .forEach(found::add);
        }
        interfaces.stream()
                .flatMap(one -> Arrays.stream(one.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(LeaderOnly.class))
                .forEach(found::add);
        return found;
    }

    private static void interfaces(Class<?> type, Set<Class<?>> found) {
        for (Class<?> one : type.getInterfaces()) {
            found.add(one);
            interfaces(one, found);
        }
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }

    private static List<String> mistakes(Class<?> type, Method method, LeaderOnly said) {
        List<String> wrong = new ArrayList<>();
        if (method.getParameterCount() > 0) {
            wrong.add(
                    "it has parameters, and nobody to give them; remove them, the term's token is in CallContext.current()");
        }
        if (method.getReturnType() != void.class) {
            wrong.add("it returns " + method.getReturnType().getSimpleName()
                    + ", and nobody takes it; return nothing and put the result into a map");
        }
        if (Modifier.isStatic(method.getModifiers())) {
            wrong.add("it is static; make it a method of the object");
        }
        if (method.getDeclaringClass().isInterface()) {
            wrong.add("it belongs to an interface; put the annotation on a method of the class");
        } else if (isRemote(type, method)) {
            wrong.add(
                    "it is a method of a contract, and who calls it reaches any node; keep the job in a method of its own,"
                            + " and let the contract's method read what the job has put into a map");
        }
        try {
            int bytes = said.election().getBytes(StandardCharsets.UTF_8).length;
            Check.between("election's name in bytes", bytes, 1, 255);
            every(said);
        } catch (IllegalArgumentException e) {
            wrong.add(e.getMessage());
        }
        return wrong;
    }

    private static boolean isRemote(Class<?> type, Method method) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            interfaces(c, interfaces);
        }
        return interfaces.stream()
                .filter(one -> one.isAnnotationPresent(RemoteService.class))
                .flatMap(one -> Arrays.stream(one.getMethods()))
                .anyMatch(remote -> signature(remote).equals(signature(method)));
    }

    private static Duration every(LeaderOnly said) {
        if (said.every().isEmpty()) {
            return Duration.ZERO;
        }
        try {
            return Check.positive("every", DurationText.parse(said.every()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("every (" + said.every() + "): " + e.getMessage(), e);
        }
    }

    private static LeaderElection.Duty duty(Object bean, Method method) {
        try {
            MethodHandle handle = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
                    .unreflect(method)
                    .bindTo(bean);
            return term -> call(handle, method, term);
        } catch (IllegalAccessException e) {
            throw new InvalidContractException(
                    "package " + bean.getClass().getPackageName() + " is closed; open it to io.holdfast in module-info",
                    e);
        }
    }

    private static void call(MethodHandle handle, Method method, Lease term) throws InterruptedException {
        try {
            handle.invokeExact();
        } catch (InterruptedException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(method.getName() + " failed in term " + term.token() + ": " + e, e);
        }
    }
}
