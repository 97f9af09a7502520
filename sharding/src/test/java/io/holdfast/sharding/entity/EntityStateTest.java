package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.CodecException;
import io.holdfast.core.codec.TypeCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntityStateTest {
    private final AtomicInteger decoded = new AtomicInteger();
    private final TypeCodec<String> text = new TypeCodec<>() {
        @Override
        public byte[] encode(@Nullable String value) {
            return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            decoded.incrementAndGet();
            return new String(bytes, StandardCharsets.UTF_8);
        }
    };
    private final Held held = new Held();

    /** A scope that is always in a call. */
    private static final class Held implements EntityScope {
        private Optional<Stored> stored = Optional.empty();
        private int version = 1;

        @Override
        public Optional<Stored> state() {
            return stored;
        }

        @Override
        public void state(Optional<byte[]> bytes) {
            stored = bytes.map(value -> new Stored(version, value));
        }

        @Override
        public void remind(String name, Duration delay) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void forget(String name) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aValueIsSetChangedAndClearedAndDecodedOnce() {
        EntityState<String> state = new EntityState<>(held, text, 1, List.of());
        assertThat(state.get()).isEmpty();
        assertThat(state.update(old -> old == null ? "a" : old + "b")).isEqualTo("a");
        assertThat(state.update(old -> old == null ? "a" : old + "b")).isEqualTo("ab");
        assertThat(state.get()).contains("ab");
        assertThat(decoded).hasValue(0);
        EntityState<String> anew = new EntityState<>(held, text, 1, List.of());
        assertThat(anew.get()).contains("ab");
        assertThat(anew.get()).contains("ab");
        assertThat(decoded).hasValue(1);
        state.clear();
        assertThat(anew.get()).isEmpty();
    }

    @Test
    void whatIsTakenBackIsNotRemembered() {
        EntityState<String> state = new EntityState<>(held, text, 1, List.of());
        state.set("kept");
        Optional<EntityScope.Stored> before = held.stored;
        state.set("not kept");
        held.stored = before;
        assertThat(state.get()).contains("kept");
    }

    @Test
    void aStateOfAnEarlierVersionIsMigratedAndWrittenInThePresentOne() {
        new EntityState<>(held, text, 1, List.of()).set("old");
        held.version = 3;
        EntityState<String> state = new EntityState<>(
                held,
                text,
                3,
                List.of(
                        new EntityState.Migration<>(1, bytes -> "from one: " + text.decode(bytes)),
                        new EntityState.Migration<>(2, bytes -> "from two")));
        assertThat(state.get()).contains("from one: old");
        state.update(old -> old + "!");
        assertThat(held.stored.orElseThrow().version()).isEqualTo(3);
        assertThat(new EntityState<>(held, text, 3, List.of()).get()).contains("from one: old!");
    }

    @Test
    void aVersionThatNobodyCanReadSaysWhatToDo() {
        held.version = 2;
        new EntityState<>(held, text, 2, List.of()).set("x");
        EntityState<String> later = new EntityState<>(held, text, 3, List.of());
        assertThatThrownBy(later::get)
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("version 2 cannot be read by version 3; give a migration from version 2");
        EntityState<String> earlier = new EntityState<>(held, text, 1, List.of());
        assertThatThrownBy(earlier::get).hasMessageContaining("finish the deployment of the newer build");
        assertThatThrownBy(
                        () -> new EntityState<>(held, text, 1, List.of(new EntityState.Migration<>(1, text::decode))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
