package io.holdfast.examples.streaming.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.streaming.json.Json;
import io.holdfast.examples.streaming.load.KindReport;
import io.holdfast.examples.streaming.load.LoadReport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final LoadReport NOTHING = new LoadReport(0, 0, 0, 0, 0, 0, 0, 0, List.of());

    private static Observed observed(long answered, long failed, double p99Millis, long personalised, double asked) {
        return new Observed(
                10,
                Map.of(Viewers.HOME, new KindReport(answered, failed, p99Millis / 2, p99Millis)),
                personalised,
                asked,
                0,
                NOTHING);
    }

    @Test
    void lowerIsBetterByWhatItFellAndHigherByWhatItRose() {
        Figure falls = Figure.falls("p99", "ms", 3, 1, seen -> seen.home().p99Millis());
        assertThat(falls.gain(300, 100)).isEqualTo(3);
        assertThat(falls.shown(300, 100)).isTrue();
        assertThat(falls.shown(299, 100)).isFalse();
        Figure rises = Figure.rises("goodput", "requests/s", 2, 1, seen -> seen.answered() / seen.seconds());
        assertThat(rises.gain(50, 100)).isEqualTo(2);
        assertThat(rises.shown(100, 50)).isFalse();
    }

    @Test
    void nothingAtAllCountsAsTheLeastThatCanBeSeen() {
        Figure failed = Figure.falls("failed", "", 20, 1, Observed::failed);
        assertThat(failed.gain(600, 0)).isEqualTo(600);
        assertThat(failed.gain(0, 0)).isEqualTo(1);
        assertThat(failed.shown(0, 0)).isFalse();
    }

    @Test
    void aFigureWithoutAFactorIsOnlyShown() {
        assertThat(Figure.falls("failed", "", 0, 1, Observed::failed).shown(0, 100))
                .isTrue();
    }

    @Test
    void anEffectIsShownOnlyIfEachFigureIs() {
        Scenario scenario = new RetryStorm();
        Observed storm = observed(1000, 0, 1500, 0, 6000);
        assertThat(new Comparison(scenario, storm, observed(1000, 0, 20, 0, 60)).shown())
                .isTrue();
        assertThat(new Comparison(scenario, storm, observed(1000, 0, 1400, 0, 60)).shown())
                .isFalse();
        assertThat(new Comparison(scenario, storm, observed(1000, 0, 20, 0, 5900)).shown())
                .isFalse();
    }

    @Test
    void theTableAndTheJsonSayTheSame() {
        Comparison comparison =
                new Comparison(new RetryStorm(), observed(900, 100, 1500, 0, 6000), observed(1000, 0, 20, 0, 60));
        assertThat(comparison.table())
                .anyMatch(
                        line -> line.matches(
                                "calls that reach recommendation for each page +6\\.00 +0\\.06 +100\\.0 times of at least 5\\.0"))
                .anyMatch(line ->
                        line.matches("median of home pages \\(ms\\) +750 +10\\.00 +75\\.0 times of at least 3\\.0"))
                .anyMatch(line -> line.matches("failed requests +100 +0\\.00 +100\\.0 times"))
                .contains("the effect was shown");
        Json json = Json.read(comparison.json().getBytes(StandardCharsets.UTF_8));
        assertThat(comparison.json()).doesNotContain("\n");
        assertThat(json.at("scenario").string()).contains("retry-storm");
        assertThat(json.at("figures").elements().get(0).at("without").number()).isEqualTo(6);
        assertThat(json.at("shown").isTrue()).isTrue();
    }
}
