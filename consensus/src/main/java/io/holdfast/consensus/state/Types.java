package io.holdfast.consensus.state;

import io.holdfast.consensus.state.PrimitiveType.Operation;
import io.holdfast.core.Check;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The primitives that a build knows. Immutable. */
final class Types {
    private final @Nullable PrimitiveType[] byId = new @Nullable PrimitiveType[256];
    private final List<PrimitiveType> all;
    private final int level;

    Types(Collection<? extends PrimitiveType> types) {
        for (PrimitiveType type : types) {
            Check.that(
                    byId[type.id()] == null, "primitive type %s has an id (%d) that is taken", type.name(), type.id());
            byId[type.id()] = type;
        }
        this.all = types.stream()
                .sorted(Comparator.comparingInt(PrimitiveType::id))
                .collect(Collectors.toUnmodifiableList());
        this.level = level(types);
    }

    static int level(Collection<? extends PrimitiveType> types) {
        return types.stream().mapToInt(type -> type.traits().version()).reduce(Command.FORMAT, Math::max);
    }

    /** The feature level of this build. */
    int level() {
        return level;
    }

    @Nullable PrimitiveType find(int id) {
        return byId[id];
    }

    PrimitiveType get(int id) {
        PrimitiveType type = byId[id];
        if (type == null) {
            throw new NeedsUpgradeException(
                    "the state has a primitive of type " + id + ", which this build does not know");
        }
        return type;
    }

    String name(int id) {
        PrimitiveType known = byId[id];
        return known == null ? "type-" + id : known.name();
    }

    /** By their ids. */
    List<PrimitiveType> all() {
        return all;
    }

    /** Stops before anything is changed if a newer build is needed. */
    void check(Command command) {
        if (command instanceof Command.Raise raise && raise.level() > level) {
            throw new NeedsUpgradeException(
                    "the group's feature level becomes " + raise.level() + ", this build knows up to " + level);
        }
        if (command instanceof Command.Operate operate) {
            check(operate);
        }
    }

    private void check(Command.Operate operate) {
        PrimitiveType type = byId[operate.type()];
        if (type == null) {
            throw new NeedsUpgradeException("a command for " + operate.name() + " has primitive type " + operate.type()
                    + ", which this build does not know");
        }
        Operation operation = Operation.read(operate.operation());
        if (!type.traits().know(operation)) {
            throw new NeedsUpgradeException("a command for the " + type.name() + " " + operate.name() + " has opcode "
                    + operation.opcode() + " in version " + operation.version() + ", this build knows opcodes up to "
                    + type.traits().lastOpcode() + " and versions up to "
                    + type.traits().version());
        }
    }
}
