package io.holdfast.entity;

import io.holdfast.contract.Contract;
import io.holdfast.contract.ContractProblems;
import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.inject.Assembler;
import io.holdfast.inject.Recipe;
import io.holdfast.sharding.entity.EntityState;
import io.holdfast.sharding.entity.EntityType;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A class with {@link ShardedEntity}, read and checked whole.
 *
 * @param contract what its callers use
 * @param traits how its entities live
 * @param recipe makes them
 * @param state what they keep
 * @param onReminder takes an entity and a reminder's name
 */
record EntityClass(
        Contract contract,
        EntityType.Traits traits,
        Recipe<?> recipe,
        Optional<StateType> state,
        Optional<MethodHandle> onReminder) {
    private static final Duration IDLE = Duration.ofMinutes(10);

    /**
     * What entities keep.
     *
     * @param codec of the present version
     * @param migrations from earlier ones
     */
    record StateType(TypeCodec<Object> codec, List<EntityState.Migration<Object>> migrations) {}

    /** Throws {@link InvalidContractException} with every mistake, each with its place and the fix. */
    static EntityClass read(Class<?> type, EntityContracts contracts, Codec codec, Assembler assembler) {
        ShardedEntity said = type.getAnnotation(ShardedEntity.class);
        if (said == null || type.isInterface()) {
            throw new InvalidContractException(
                    type.getName()
                            + " is no class of entities: that is a class with @ShardedEntity(\"name\"); annotate the class, and give that");
        }
        ContractProblems problems = new ContractProblems("entity class " + type.getName());
        Class<?> found =
                problems.<Class<?>>check("@ShardedEntity", () -> EntityContracts.contractOf(type, said.value()));
        Contract contract = found == null ? null : contracts.read(found, problems);
        Duration idle = problems.check("@ShardedEntity", () -> Check.positive("idle", idle(said.idle())));
        problems.check(
                "@ShardedEntity", () -> Check.between("stateVersion", said.stateVersion(), 1, Integer.MAX_VALUE));
        Optional<MethodHandle> onReminder = Optional.ofNullable(ReminderMethod.find(type, problems));
        Optional<StateType> state = Optional.empty();
        Recipe<?> recipe = null;
        List<Parameter> parameters = problems.<List<Parameter>>check("constructor", () -> Assembler.parametersOf(type));
        if (parameters != null) {
            recipe = problems.<Recipe<?>>check("constructor", () -> assembler.recipe(type, EntityClass::isOwn));
            state = checkParameters(type, parameters, codec, problems);
            if (onReminder.isEmpty() && parameters.stream().anyMatch(one -> one.getType() == Reminders.class)) {
                problems.add(
                        "constructor",
                        "it asks for Reminders, and no method is reminded; add a method with @OnReminder that takes a String");
            }
        }
        problems.throwIfAny();
        return new EntityClass(
                Objects.requireNonNull(contract, "no problem"),
                new EntityType.Traits(
                        said.stateVersion(), said.reentrant(), Objects.requireNonNull(idle, "no problem")),
                Objects.requireNonNull(recipe, "no problem"),
                state,
                onReminder);
    }

    private static Duration idle(String text) {
        try {
            return text.isEmpty() ? IDLE : DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("idle (" + text + ") " + e.getMessage(), e);
        }
    }

    /** Whether each entity gets a value of its own for the parameter. */
    static boolean isOwn(Parameter parameter) {
        return parameter.isAnnotationPresent(EntityKey.class)
                || parameter.getType() == EntityState.class
                || parameter.getType() == Reminders.class;
    }

    private static Optional<StateType> checkParameters(
            Class<?> type, List<Parameter> parameters, Codec codec, ContractProblems problems) {
        parameters.stream()
                .filter(one -> one.isAnnotationPresent(EntityKey.class) && one.getType() != String.class)
                .forEach(one -> problems.add(
                        "constructor", "@EntityKey is on a " + one.getType().getSimpleName() + "; a key is a String"));
        List<Parameter> states = parameters.stream()
                .filter(one -> one.getType() == EntityState.class)
                .toList();
        if (states.size() > 1) {
            problems.add(
                    "constructor",
                    "it asks for " + states.size()
                            + " states, and an entity has one, committed as a whole; put all into one record");
        }
        Type held = states.isEmpty() ? null : problems.<Type>check("constructor", () -> held(states.get(0)));
        if (held == null) {
            return Optional.empty();
        }
        TypeCodec<Object> present = problems.check("constructor", () -> codec.forType(held));
        List<EntityState.Migration<Object>> migrations = MigrationMethod.of(type, held, codec, problems);
        return present == null ? Optional.empty() : Optional.of(new StateType(present, migrations));
    }

    private static Type held(Parameter state) {
        @Nullable Type held = state.getParameterizedType() instanceof ParameterizedType generic
                ? Stream.of(generic.getActualTypeArguments()).findFirst().orElse(null)
                : null;
        if (held == null) {
            throw new InvalidContractException("EntityState does not name what it holds; write EntityState<CartState>");
        }
        return held;
    }
}
