package io.holdfast.inject;

import io.holdfast.core.InvalidContractException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes objects of a class whose constructor was read once. Immutable and safe for use by many threads.
 *
 * @param <T> the class
 */
public final class Recipe<T> {
    private final Class<T> type;
    private final Parameter[] parameters;
    private final @Nullable Object[] arguments;
    private final MethodHandle make;

    Recipe(Class<T> type, Constructor<?> constructor, @Nullable Object[] arguments) {
        this.type = type;
        this.parameters = constructor.getParameters();
        this.arguments = arguments;
        try {
            this.make = MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .unreflectConstructor(constructor)
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (IllegalAccessException e) {
            throw new InvalidContractException(
                    "package " + type.getPackageName() + " is closed; open it to io.holdfast in module-info", e);
        }
    }

    /**
     * Makes an object.
     *
     * @param given gives what the node does not
     * @return a new object
     * @throws InvalidContractException if the constructor throws a checked exception
     */
    public T make(Function<Parameter, Object> given) {
        @Nullable Object[] all = arguments.clone();
        for (int i = 0; i < all.length; i++) {
            if (all[i] == null) {
                all[i] = given.apply(parameters[i]);
            }
        }
        try {
            return type.cast((Object) make.invokeExact(all));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new InvalidContractException("the constructor of " + type.getName() + " failed: " + e, e);
        }
    }
}
