package io.holdfast.inject;

import io.holdfast.consensus.AtomicCounter;
import io.holdfast.consensus.AtomicRef;
import io.holdfast.consensus.Barrier;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.DistributedLock;
import io.holdfast.consensus.IdGenerator;
import io.holdfast.consensus.Latch;
import io.holdfast.consensus.LeaderElection;
import io.holdfast.consensus.ReadWriteLock;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Semaphore;
import io.holdfast.consensus.Topic;
import io.holdfast.consensus.WorkQueue;
import io.holdfast.consensus.WorkQueueOptions;
import io.holdfast.core.InvalidContractException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The primitives that a name and the types in the parameter are enough for. */
final class NamedPart {
    private static final int BLOCK = 1000;
    private static final int RETAINED = 10_000;

    /** Makes one from its name and its type arguments. */
    private interface Maker {
        Object make(Consensus group, String name, List<Class<?>> types);
    }

    private static final Map<Class<?>, Maker> MAKERS = new HashMap<>();

    static {
        MAKERS.put(ReplicatedMap.class, (group, name, types) -> group.map(name, types.get(0), types.get(1)));
        MAKERS.put(AtomicCounter.class, (group, name, types) -> group.counter(name));
        MAKERS.put(AtomicRef.class, (group, name, types) -> group.ref(name, types.get(0)));
        MAKERS.put(IdGenerator.class, (group, name, types) -> group.ids(name, BLOCK));
        MAKERS.put(DistributedLock.class, (group, name, types) -> group.lock(name));
        MAKERS.put(ReadWriteLock.class, (group, name, types) -> group.readWriteLock(name));
        MAKERS.put(LeaderElection.class, (group, name, types) -> group.election(name));
        MAKERS.put(Latch.class, (group, name, types) -> group.latch(name));
        MAKERS.put(
                WorkQueue.class, (group, name, types) -> group.queue(name, types.get(0), WorkQueueOptions.standard()));
        MAKERS.put(Topic.class, (group, name, types) -> group.topic(name, types.get(0), RETAINED));
    }

    private NamedPart() {}

    static boolean isOne(Class<?> type) {
        return MAKERS.containsKey(type) || type == Semaphore.class || type == Barrier.class;
    }

    /** The names of the types, for messages. */
    static String known() {
        return MAKERS.keySet().stream().map(Class::getSimpleName).sorted().collect(Collectors.joining(", "));
    }

    static Object make(Type type, Class<?> raw, String name, Consensus group) {
        Maker maker = MAKERS.get(raw);
        if (maker == null) {
            throw new InvalidContractException(
                    "a " + raw.getSimpleName()
                            + " needs a number besides its name, on which all nodes agree; take Consensus and make it with that number");
        }
        return maker.make(group, name, argumentsOf(type, raw));
    }

    private static List<Class<?>> argumentsOf(Type type, Class<?> raw) {
        if (raw.getTypeParameters().length == 0) {
            return List.of();
        }
        Type[] arguments = type instanceof ParameterizedType generic ? generic.getActualTypeArguments() : new Type[0];
        List<Class<?>> classes = Stream.of(arguments)
                .filter(Class.class::isInstance)
                .<Class<?>>map(argument -> (Class<?>) argument)
                .toList();
        if (classes.size() < raw.getTypeParameters().length) {
            throw new InvalidContractException(
                    type.getTypeName()
                            + " does not name what it holds by classes; name each, and put what is generic itself into a record");
        }
        return classes;
    }
}
