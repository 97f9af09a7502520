package io.holdfast.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.DurationText;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTextTest {
    @Property(tries = 500)
    void aDurationThatIsWrittenIsReadBack(@ForAll @LongRange(min = 0) long nanos) {
        assertThat(DurationText.parse(DurationText.of(Duration.ofNanos(nanos)))).isEqualTo(Duration.ofNanos(nanos));
    }

    @Property(tries = 500)
    void aSizeThatIsWrittenIsReadBack(@ForAll @LongRange(min = 0) long bytes) {
        assertThat(DataSize.parse(new DataSize(bytes).toString())).isEqualTo(new DataSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5x", "1s x", "-5s", "1.5s", "P", "999999999999999999d", "５s"})
    void whatIsNoDurationIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("300ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "5", "5MB", "-1KiB", "9999999999TiB", "1.5GiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> DataSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a size");
    }

    @Test
    void theDistanceOfTwoKeysCountsEdits() {
        assertThat(NearestKey.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestKey.distance("", "abc")).isEqualTo(3);
        assertThat(NearestKey.distance("same", "same")).isZero();
    }
}
