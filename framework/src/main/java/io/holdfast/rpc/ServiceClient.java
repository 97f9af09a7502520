package io.holdfast.rpc;

import io.holdfast.circuitbreaker.CallLimit;
import io.holdfast.circuitbreaker.GuardedContract;
import io.holdfast.contract.Contract;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A proxy of a contract whose methods were bound once. Default methods run here. Safe for use by many threads. */
public final class ServiceClient implements InvocationHandler {
    /** What a call of one method runs. */
    private interface Body {
        @Nullable Object run(Object proxy, Object @Nullable [] arguments) throws Throwable;
    }

    private static final Logger log = LoggerFactory.getLogger(ServiceClient.class);

    private final String description;
    private final Map<Method, Body> bodies = new HashMap<>();

    private ServiceClient(Contract contract, ClientSide side, @Nullable NodeId only) {
        this.description = "client of " + contract.service() + (only == null ? "" : " on node " + only) + " at node "
                + side.node();
        GuardedContract guarded = GuardedContract.of(
                contract.type(), contract.service().value(), side.policies(), limit(contract, side, only != null));
        for (RemoteMethod remote : contract.methods()) {
            log.debug(
                    "{} {}: {}",
                    description,
                    remote.name(),
                    guarded.method(remote.method()).describe());
            ClientMethod method = new ClientMethod(contract, remote, guarded.method(remote.method()), side, only);
            String service = contract.service().value();
            bodies.put(
                    remote.method(),
                    side.slos().covers(service)
                            ? new MeasuredMethod(method, service, side.slos(), side.clock())::call
                            : method::call);
        }
    }

    /**
     * How long its calls may take at most, by the client's timeout or by a traffic rule of the service as it is now; a rule that changes later is not looked at. A client of one node follows no rule.
     */
    private static CallLimit limit(Contract contract, ClientSide side, boolean pinned) {
        if (pinned) {
            return new CallLimit(side.timeout(), "holdfast.client.timeout");
        }
        Duration longest = side.traffic().policy(contract.service()).rules().values().stream()
                .flatMap(rule -> rule.timeout().stream())
                .filter(timeout -> timeout.compareTo(side.timeout()) > 0)
                .max(Comparator.naturalOrder())
                .orElse(side.timeout());
        return new CallLimit(
                longest,
                "holdfast.client.timeout, or the timeout of a rule in holdfast.traffic." + contract.service()
                        + ".rules");
    }

    /**
     * Makes a client.
     *
     * @param contract the contract
     * @param side the node's part
     * @param only the one node to call, or null for any
     * @return a proxy of {@link Contract#type()}
     * @throws InvalidContractException if the contract's package is closed to this library
     */
    public static Object of(Contract contract, ClientSide side, @Nullable NodeId only) {
        ServiceClient client = new ServiceClient(contract, side, only);
        Class<?> type = contract.type();
        Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, client);
        for (Method method : contract.local()) {
            client.bodies.put(method, DefaultMethod.of(method, type)::call);
        }
        return proxy;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Body body = bodies.get(method);
        if (body != null) {
            return body.run(proxy, arguments);
        }
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> description;
        };
    }
}
