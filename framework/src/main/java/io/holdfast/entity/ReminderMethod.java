package io.holdfast.entity;

import io.holdfast.contract.ContractProblems;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The method with {@link OnReminder} of a class. */
final class ReminderMethod {
    private ReminderMethod() {}

    /** Takes the entity and the name; null if there is none, or a problem. */
    static @Nullable MethodHandle find(Class<?> type, ContractProblems problems) {
        List<Method> found = new ArrayList<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            Arrays.stream(c.getDeclaredMethods())
                    .filter(method -> !method.isBridge() && method.isAnnotationPresent(OnReminder.class))
                    .forEach(found::add);
        }
        if (found.size() > 1) {
            problems.add(type.getSimpleName(), "several methods have @OnReminder; keep one, and let it ask the name");
        }
        return found.size() == 1 ? bind(found.get(0), problems) : null;
    }

    private static @Nullable MethodHandle bind(Method method, ContractProblems problems) {
        String place = method.getDeclaringClass().getSimpleName() + "." + method.getName();
        if (!Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class})
                || method.getReturnType() != void.class
                || Modifier.isStatic(method.getModifiers())) {
            problems.add(place, "a method with @OnReminder takes a String, the reminder's name, and returns nothing");
            return null;
        }
        try {
            return MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
                    .unreflect(method)
                    .asType(MethodType.methodType(void.class, Object.class, String.class));
        } catch (IllegalAccessException e) {
            problems.add(
                    place,
                    "package " + method.getDeclaringClass().getPackageName()
                            + " is closed; open it to io.holdfast in module-info");
            return null;
        }
    }
}
