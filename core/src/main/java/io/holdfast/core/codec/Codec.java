package io.holdfast.core.codec;

import java.lang.reflect.Type;
import java.util.List;

/**
 * Turns values into bytes and back, for a closed set of types: those that the given type names, and nothing else that bytes may ask for.
 *
 * <p>Safe for use by many threads. Make codecs once and keep them: making one looks at the whole type.
 */
public interface Codec {
    /**
     * A codec for one type.
     *
     * @param type a class, record, enum, sealed interface or a parameterised type of those and of the JDK's collections
     * @param <T> the type
     * @return the codec
     * @throws io.holdfast.core.InvalidContractException if the type, or one it names, cannot be encoded; the message names the path to it and the fix
     */
    <T> TypeCodec<T> forType(Type type);

    /**
     * A codec for the arguments of a call: values of the given types in order.
     *
     * @param types the types, in order
     * @return the codec; it refuses an array of another length
     * @throws io.holdfast.core.InvalidContractException as for {@link #forType}
     */
    TypeCodec<Object[]> forArguments(List<Type> types);
}
