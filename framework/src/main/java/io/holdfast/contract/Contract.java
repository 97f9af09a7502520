package io.holdfast.contract;

import io.holdfast.core.ServiceName;
import java.lang.reflect.Method;
import java.util.List;

/**
 * A service contract whose every method can be called and served. Immutable.
 *
 * @param type the interface
 * @param service the name that it is published under
 * @param version what instances say of their version; may be empty
 * @param methods the remote methods, ordered by hash
 * @param local the default methods, which run at the caller
 */
public record Contract(
        Class<?> type, ServiceName service, String version, List<RemoteMethod> methods, List<Method> local) {
    /**
     * Copies the lists.
     *
     * @param type as the component
     * @param service as the component
     * @param version as the component
     * @param methods as the component
     * @param local as the component
     */
    public Contract {
        methods = List.copyOf(methods);
        local = List.copyOf(local);
    }

    /**
     * The hashes that an instance offers.
     *
     * @return in ascending order
     */
    public List<Integer> hashes() {
        return methods.stream().map(RemoteMethod::hash).toList();
    }
}
