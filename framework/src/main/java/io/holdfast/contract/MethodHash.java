package io.holdfast.contract;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/**
 * The number by which a method is called on the wire: 32-bit FNV-1a (Fowler, Noll, Vo) over the UTF-8 bytes of {@code name(type,type)}, where each type is the erased parameter
 * type as {@link Class#getName()} writes it.
 *
 * <p>So a method keeps its number when others are added, when the result type or a type argument changes and when components are added to its records; it gets another one, and is
 * another method, when it or a parameter's class is renamed.
 */
public final class MethodHash {
    private MethodHash() {}

    /**
     * The hash of a method.
     *
     * @param method the method
     * @return the hash
     */
    public static int of(Method method) {
        int hash = 0x811c9dc5;
        for (byte b : signature(method).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x01000193;
        }
        return hash;
    }

    /**
     * What is hashed.
     *
     * @param method the method
     * @return for instance {@code find(java.lang.String)}
     */
    public static String signature(Method method) {
        StringJoiner types = new StringJoiner(",", method.getName() + "(", ")");
        for (Class<?> type : method.getParameterTypes()) {
            types.add(type.getName());
        }
        return types.toString();
    }
}
