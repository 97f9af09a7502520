package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import io.holdfast.core.codec.Codec;

/**
 * Defines sagas.
 *
 * <pre>{@code
 * SagaDefinition<Order> subscribe = Saga.define("subscribe", 2, Order.class, codec)
 *         .step("reserve", Reservation.class, (context, order) -> payments.reserve(context.idempotencyKey(), order))
 *             .compensate((context, order, reservation) -> payments.release(context.effectKey()))
 *         .step("activate", (context, order) -> plans.activate(context.idempotencyKey(), order))
 *             .compensate((context, order, nothing) -> plans.deactivate(context.effectKey()))
 *         .step("notify", (context, order) -> mail.welcome(context.idempotencyKey(), order))
 *         .build();
 * }</pre>
 */
public final class Saga {
    private Saga() {}

    /**
     * Begins a definition.
     *
     * @param name a DNS label
     * @param version 1 or more; a definition whose steps change in name, order or kind needs a new one. Several run side by side
     * @param input the class of the input
     * @param codec turns inputs and results into bytes
     * @param <I> the class of the input
     * @return a builder
     * @throws IllegalArgumentException if the name is no label, or the version is less than 1
     * @throws io.holdfast.core.InvalidContractException if the input cannot be encoded
     */
    public static <I> SagaBuilder<I> define(String name, int version, Class<I> input, Codec codec) {
        Check.label("saga", name);
        Check.that(version > 0, "version (%d) of saga %s must be at least 1", version, name);
        return new SagaBuilder<>(new SagaDraft<>(name, version, input, codec));
    }
}
