package io.holdfast.core.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.config.Configuration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SloBookTest {
    private static final long MS = 1_000_000;

    private final AtomicLong now = new AtomicLong(1_000_000_000_000L);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SlosConfig config = new SlosConfig(Map.of(
            "browse",
            new SloConfig(
                    "catalog", Optional.of(0.999), Optional.of(new SloConfig.Latency(Duration.ofMillis(300), 0.99)))));
    private final SloBook book = new SloBook(config, now::get, meters);

    private double events(String objective, String result) {
        return meters.get("holdfast.slo.events")
                .tags("service", "catalog", "objective", objective, "result", result)
                .functionCounter()
                .count();
    }

    private double gauge(String name, String... tags) {
        return meters.get(name).tags("service", "catalog").tags(tags).gauge().value();
    }

    @Test
    void eachObjectiveCountsForItselfAndShowsItsRateAndItsBudget() {
        for (int i = 0; i < 98; i++) {
            book.record("catalog", true, 10 * MS);
        }
        book.record("catalog", false, 10 * MS);
        book.record("catalog", true, 301 * MS);
        book.record("nobody", false, 1);
        assertThat(events("availability", "good")).isEqualTo(99);
        assertThat(events("availability", "bad")).isEqualTo(1);
        assertThat(events("latency", "bad")).isEqualTo(2);
        assertThat(gauge("holdfast.slo.burn.rate", "objective", "availability", "window", "5m"))
                .isCloseTo(10, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(gauge("holdfast.slo.burn.rate", "objective", "latency", "window", "3d"))
                .isCloseTo(2, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(gauge("holdfast.slo.budget.remaining", "objective", "latency"))
                .isCloseTo(-1, org.assertj.core.data.Offset.offset(1e-6));
    }

    @Test
    void aGuardObjectsWhileAnObjectiveBurnsFastAndNoLongerThanItsWindow() {
        Guard guard = book.guard("browse").orElseThrow();
        for (int i = 0; i < 19; i++) {
            book.record("catalog", false, MS);
        }
        assertThat(guard.check(now.get()).ok()).as("too few calls").isTrue();
        book.record("catalog", false, MS);
        assertThat(guard.check(now.get()).reason()).contains("availability of catalog (99.9% answered) burns");
        now.addAndGet(Duration.ofSeconds(70).toNanos());
        assertThat(guard.check(now.get()).ok()).isTrue();
        assertThat(book.guard("nosuch")).isEmpty();
        assertThat(book.guardOf("nobody").check(now.get()).ok()).isTrue();
    }

    @Test
    void anAlertFiresForTheServiceThatBurns() {
        for (int i = 0; i < 100; i++) {
            book.record("catalog", i % 10 != 0, MS);
        }
        assertThat(book.firing())
                .extracting(firing -> firing.service() + " "
                        + firing.objective().name() + " " + firing.alert().name())
                .contains("catalog availability page-fast", "catalog availability ticket");
    }

    @Test
    void configurationSaysWhatIsWantedAndIsRefusedWithoutSense() {
        SlosConfig read = Configuration.builder()
                .settings(Map.of(
                        "holdfast.slo.browse.service", "catalog",
                        "holdfast.slo.browse.availability", "0.999",
                        "holdfast.slo.browse.latency.threshold", "300ms",
                        "holdfast.slo.browse.latency.target", "99%"))
                .build()
                .bind(List.of(SlosConfig.SECTION))
                .get(SlosConfig.SECTION);
        assertThat(read).isEqualTo(config);
        assertThat(new SloBook(read, now::get, new SimpleMeterRegistry()).rules())
                .contains("holdfast:slo_burn_rate:5m", "service=\"catalog\",objective=\"latency\"");
        assertThatThrownBy(() -> new SloConfig("catalog", Optional.empty(), Optional.empty()))
                .hasMessage("slo of service catalog wants nothing; set availability, latency or both");
        assertThatThrownBy(() -> new SloConfig("catalog", Optional.of(1.0), Optional.empty()))
                .hasMessageContaining("target of availability (1.0) must be between 50% and 99.999%");
        SloConfig one = new SloConfig("catalog", Optional.of(0.99), Optional.empty());
        assertThatThrownBy(() -> new SlosConfig(Map.of("a", one, "b", one)))
                .hasMessageContaining("write both into one");
    }
}
