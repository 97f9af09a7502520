package io.holdfast.entity;

import io.holdfast.circuitbreaker.CallLimit;
import io.holdfast.circuitbreaker.GuardedContract;
import io.holdfast.contract.Contract;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.InvalidContractException;
import io.holdfast.rpc.CarriedMethod;
import io.holdfast.rpc.ClientSide;
import io.holdfast.rpc.DefaultMethod;
import io.holdfast.sharding.entity.EntityCalls;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all refs of one contract share: its methods, bound once. Safe for use by many threads. */
final class EntityClient {
    private final Class<?> type;
    private final String kind;
    private final EntityCalls calls;
    private final Map<Method, CarriedMethod> remote = new HashMap<>();
    private final Map<Method, DefaultMethod> local = new HashMap<>();

    EntityClient(Contract contract, ClientSide side, EntityCalls calls) {
        this.type = contract.type();
        this.kind = contract.service().value();
        this.calls = calls;
        GuardedContract guarded = GuardedContract.of(
                type, kind, side.policies(), new CallLimit(side.timeout(), "holdfast.client.timeout"));
        for (RemoteMethod method : contract.methods()) {
            if (guarded.method(method.method()).pipeline().instances() != null) {
                throw new InvalidContractException(
                        method.name()
                                + " has a circuit breaker per instance, and an entity has one instance; remove perInstance from @CircuitBreaker");
            }
            remote.put(method.method(), new CarriedMethod(method, guarded.method(method.method()), side));
        }
        for (Method method : contract.local()) {
            local.put(method, DefaultMethod.of(method, type));
        }
    }

    /** A proxy of the contract for one key; cheap. */
    Object ref(String key) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new Ref(key));
    }

    private final class Ref implements InvocationHandler {
        private final String key;

        Ref(String key) {
            this.key = key;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            CarriedMethod called = remote.get(method);
            if (called != null) {
                return called.call(
                        proxy,
                        arguments,
                        toString(),
                        (number, encoded, context) -> calls.call(kind, key, number, encoded, context));
            }
            DefaultMethod own = local.get(method);
            if (own != null) {
                return own.call(proxy, arguments);
            }
            return switch (method.getName()) {
                case "equals" -> arguments != null && isSame(arguments[0]);
                case "hashCode" -> 31 * kind.hashCode() + key.hashCode();
                default -> toString();
            };
        }

        private boolean isSame(@Nullable Object other) {
            return type.isInstance(other)
                    && Proxy.isProxyClass(other.getClass())
                    && Proxy.getInvocationHandler(other) instanceof Ref ref
                    && ref.owner() == owner()
                    && ref.key.equals(key);
        }

        private EntityClient owner() {
            return EntityClient.this;
        }

        @Override
        public String toString() {
            return "entity " + kind + "/" + key;
        }
    }
}
