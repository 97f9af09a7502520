package io.holdfast.entity;

import io.holdfast.contract.Contract;
import io.holdfast.contract.ContractProblems;
import io.holdfast.contract.ContractReader;
import io.holdfast.core.InvalidContractException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** From an interface to the kind of entity that it names, and from a class to the interface. Safe for use by many threads. */
final class EntityContracts {
    private final ContractReader reader;

    EntityContracts(ContractReader reader) {
        this.reader = reader;
    }

    /** The contract that callers use; throws {@link InvalidContractException} with every mistake. */
    Contract read(Class<?> type) {
        if (!type.isInterface()) {
            throw new InvalidContractException(
                    type.getName()
                            + " is no contract of an entity: callers use an interface; give that, not the class that implements it");
        }
        ContractProblems problems = new ContractProblems("entity contract " + type.getName());
        Contract contract = read(type, problems);
        problems.throwIfAny();
        return contract;
    }

    Contract read(Class<?> type, ContractProblems problems) {
        ShardedEntity said = type.getAnnotation(ShardedEntity.class);
        String place = said == null ? "name of " + type.getSimpleName() : "@ShardedEntity of " + type.getSimpleName();
        if (said != null
                && (said.reentrant() || said.stateVersion() != 1 || !said.idle().isEmpty())) {
            problems.add(place, "only the name is of the interface; move the rest to the class that implements it");
        }
        return reader.read(type, place, nameOf(type), "", problems);
    }

    /** What an interface calls the kind. */
    static String nameOf(Class<?> type) {
        ShardedEntity said = type.getAnnotation(ShardedEntity.class);
        return said != null
                ? said.value()
                : type.getSimpleName()
                        .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                        .replaceAll("([A-Z])([A-Z][a-z])", "$1-$2")
                        .toLowerCase(Locale.ROOT);
    }

    /** The one interface of a class that names the kind; throws {@link InvalidContractException} with what to change. */
    static Class<?> contractOf(Class<?> implementation, String kind) {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Class<?> c = implementation; c != null; c = c.getSuperclass()) {
            collect(c, all);
        }
        List<Class<?>> named =
                all.stream().filter(one -> nameOf(one).equals(kind)).toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        String found = (named.isEmpty() ? all : named)
                .stream()
                        .map(one -> one.getSimpleName() + " (" + nameOf(one) + ")")
                        .collect(Collectors.joining(", "));
        throw new InvalidContractException(
                named.isEmpty()
                        ? "no interface of it names kind " + kind + ", and callers know the interface alone; it has "
                                + (found.isEmpty() ? "none" : found)
                                + "; annotate the one that callers use with @ShardedEntity(\""
                                + kind + "\") too"
                        : "several interfaces of it name kind " + kind + ": " + found + "; leave one");
    }

    private static void collect(Class<?> type, Set<Class<?>> found) {
        for (Class<?> each : type.getInterfaces()) {
            found.add(each);
            collect(each, found);
        }
    }
}
