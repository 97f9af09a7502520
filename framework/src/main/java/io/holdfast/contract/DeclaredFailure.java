package io.holdfast.contract;

import io.holdfast.core.CodecException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception that a method declares: it arrives as itself. It is made by its constructor, from what accessors of the same names as the parameters gave at the other side;
 * {@code message} and {@code cause} name {@link Throwable#getMessage()} and nothing. A subclass arrives as the declared class.
 */
public final class DeclaredFailure {
    private final Class<? extends Throwable> type;
    private final MethodHandle constructor;
    private final List<@Nullable MethodHandle> accessors;
    private final TypeCodec<Object[]> codec;

    private DeclaredFailure(
            Class<? extends Throwable> type,
            MethodHandle constructor,
            List<@Nullable MethodHandle> accessors,
            TypeCodec<Object[]> codec) {
        this.type = type;
        this.constructor = constructor;
        this.accessors = accessors;
        this.codec = codec;
    }

    /**
     * Finds out how an exception can travel.
     *
     * @param type the exception's class
     * @param codec makes the codecs of its fields
     * @return the failure
     * @throws InvalidContractException if no constructor fits; the message says what to add
     */
    static DeclaredFailure of(Class<? extends Throwable> type, Codec codec) {
        if (Modifier.isAbstract(type.getModifiers())) {
            throw unfit(type, null);
        }
        Constructor<?>[] constructors = type.getDeclaredConstructors();
        Arrays.sort(
                constructors,
                Comparator.comparingInt(Constructor<?>::getParameterCount).reversed());
        InvalidContractException reason = null;
        for (Constructor<?> constructor : constructors) {
            try {
                DeclaredFailure failure = tryConstructor(type, constructor, codec);
                if (failure != null) {
                    return failure;
                }
            } catch (InvalidContractException e) {
                reason = e;
            }
        }
        throw unfit(type, reason);
    }

    private static @Nullable DeclaredFailure tryConstructor(
            Class<? extends Throwable> type, Constructor<?> constructor, Codec codec) {
        if (Modifier.isPrivate(constructor.getModifiers())) {
            return null;
        }
        List<@Nullable MethodHandle> accessors = new ArrayList<>();
        List<java.lang.reflect.Type> types = new ArrayList<>();
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            Parameter[] parameters = constructor.getParameters();
            for (Parameter parameter : parameters) {
                boolean cause = parameter.getType() == Throwable.class;
                MethodHandle accessor = cause ? null : accessor(lookup, type, parameter, parameters);
                if (!cause && accessor == null) {
                    return null;
                }
                accessors.add(accessor);
                types.add(cause ? String.class : parameter.getParameterizedType()); // a cause travels as null
            }
            MethodHandle make = lookup.unreflectConstructor(constructor)
                    .asSpreader(Object[].class, accessors.size())
                    .asType(MethodType.methodType(Throwable.class, Object[].class));
            return new DeclaredFailure(type, make, accessors, codec.forArguments(types));
        } catch (IllegalAccessException e) {
            throw new InvalidContractException(
                    "package " + type.getPackageName() + " is closed; open it to io.holdfast in module-info", e);
        }
    }

    /** The accessor of a parameter: a method or field of its name, or the message for the only string of a constructor. */
    private static @Nullable MethodHandle accessor(
            MethodHandles.Lookup lookup, Class<?> type, Parameter parameter, Parameter[] all)
            throws IllegalAccessException {
        MethodType getter = MethodType.methodType(Object.class, Throwable.class);
        try {
            return lookup.findVirtual(type, parameter.getName(), MethodType.methodType(parameter.getType()))
                    .asType(getter);
        } catch (NoSuchMethodException e) {
            boolean message = parameter.getType() == String.class
                    && (parameter.getName().equals("message")
                            || Arrays.stream(all)
                                            .filter(p -> p.getType() != Throwable.class)
                                            .count()
                                    == 1);
            return message ? messageAccessor(getter) : null;
        }
    }

    private static MethodHandle messageAccessor(MethodType getter) throws IllegalAccessException {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Throwable.class, "getMessage", MethodType.methodType(String.class))
                    .asType(getter);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InvalidContractException unfit(Class<?> type, @Nullable InvalidContractException reason) {
        String message = "exception " + type.getName()
                + " cannot travel: give it a constructor (String message), or one whose every parameter has an accessor method of the same name,"
                + " or do not declare it";
        return new InvalidContractException(
                reason == null ? message : message + " (" + reason.getMessage() + ")", reason);
    }

    /**
     * The exception's class.
     *
     * @return the class
     */
    public Class<? extends Throwable> type() {
        return type;
    }

    /**
     * Turns an exception into bytes.
     *
     * @param thrown an instance of {@link #type()}
     * @return the bytes
     * @throws CodecException if an accessor throws
     */
    public byte[] encode(Throwable thrown) {
        Object[] values = new Object[accessors.size()];
        for (int i = 0; i < values.length; i++) {
            MethodHandle accessor = accessors.get(i);
            if (accessor != null) {
                values[i] = read(accessor, thrown);
            }
        }
        return codec.encode(values);
    }

    @SuppressWarnings("NullAway") // a field of an exception may be null, and the codec takes null
    private Object read(MethodHandle accessor, Throwable thrown) {
        try {
            return accessor.invokeExact(thrown);
        } catch (Throwable e) {
            throw new CodecException("an accessor of " + type.getName() + " failed: " + e, e);
        }
    }

    /**
     * Makes the exception again. Its stack trace is that of the caller.
     *
     * @param bytes what {@link #encode} gave
     * @return the exception
     * @throws CodecException if the bytes are of another class or the constructor refuses them
     */
    public Throwable decode(byte[] bytes) {
        Object[] values = codec.decode(bytes);
        try {
            return (Throwable) constructor.invokeExact(values);
        } catch (Throwable e) {
            throw new CodecException("exception " + type.getName() + " refused its values: " + e, e);
        }
    }
}
