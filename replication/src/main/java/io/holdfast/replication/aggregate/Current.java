package io.holdfast.replication.aggregate;

/**
 * An aggregate as it stands.
 *
 * @param state its state
 * @param version the offset of its last record in its partition; 0 if nothing has happened yet
 * @param events how many events its state sums up
 * @param <S> the state's type
 */
public record Current<S>(S state, long version, long events) {}
