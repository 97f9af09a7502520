package io.holdfast.node;

import io.holdfast.core.InvalidContractException;
import io.holdfast.service.RemoteService;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A method that an annotation makes a job.
 *
 * @param method the method
 * @param said what the annotation says
 */
record AnnotatedMethod<A extends Annotation>(Method method, A said) {
    /** Of the class and its parents, without what is overridden, and of its interfaces, where it is a mistake. */
    static <A extends Annotation> List<AnnotatedMethod<A>> in(Class<?> type, Class<A> annotation) {
        Set<String> seen = new HashSet<>();
        List<Method> found = new ArrayList<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            Arrays.stream(c.getDeclaredMethods())
                    .sorted(Comparator.comparing(Method::getName))
                    .filter(method -> !method.isBridge() && seen.add(signature(method)))
                    .forEach(found::add);
        }
        interfaces(type).stream()
                .flatMap(one -> Arrays.stream(one.getDeclaredMethods()))
                .forEach(found::add);
        return found.stream()
                .filter(method -> method.isAnnotationPresent(annotation))
                .map(method -> new AnnotatedMethod<>(method, method.getAnnotation(annotation)))
                .toList();
    }

    private static Set<Class<?>> interfaces(Class<?> type) {
        Set<Class<?>> found = new LinkedHashSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            found.addAll(Arrays.asList(c.getInterfaces()));
        }
        return found;
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }

    /** Where it is, for messages. */
    String place() {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    /**
     * The mistakes of a method that runs by itself.
     *
     * @param token what the fencing token is, for whoever looks for a parameter
     */
    List<String> mistakes(Class<?> type, String token) {
        List<String> wrong = new ArrayList<>();
        if (method.getParameterCount() > 0) {
            wrong.add("it has parameters, and nobody to give them; remove them, " + token
                    + " is in CallContext.current()");
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
        } else if (isRemote(type)) {
            wrong.add(
                    "it is a method of a contract, and who calls it reaches any node; keep the job in a method of its own,"
                            + " and let the contract's method read what the job has put into a map");
        }
        return wrong;
    }

    private boolean isRemote(Class<?> type) {
        return interfaces(type).stream()
                .filter(one -> one.isAnnotationPresent(RemoteService.class))
                .flatMap(one -> Arrays.stream(one.getMethods()))
                .anyMatch(remote -> signature(remote).equals(signature(method)));
    }

    /** Runs the method of an object. */
    @FunctionalInterface
    interface Body {
        void run() throws InterruptedException;
    }

    /** The method of an object; what it throws besides runtime exceptions is wrapped. */
    Body of(Object bean) {
        try {
            MethodHandle handle = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
                    .unreflect(method)
                    .bindTo(bean);
            return () -> call(handle);
        } catch (IllegalAccessException e) {
            throw new InvalidContractException(
                    "package " + bean.getClass().getPackageName() + " is closed; open it to io.holdfast in module-info",
                    e);
        }
    }

    private void call(MethodHandle handle) throws InterruptedException {
        try {
            handle.invokeExact();
        } catch (InterruptedException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(method.getName() + " failed: " + e, e);
        }
    }

    /** Throws every mistake, or nothing. */
    static void refuse(Object bean, String annotation, List<String> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidContractException(bean.getClass().getName() + " breaks " + problems.size()
                    + (problems.size() == 1 ? " rule of " : " rules of ") + annotation + ":\n  "
                    + String.join("\n  ", problems));
        }
    }
}
