package io.holdfast.examples.streaming.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.config.ConfigurationException;
import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.recommendation.Picks;
import io.holdfast.examples.streaming.recommendation.Recommendation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TroubleFileTest {
    private long nowNanos;

    @TempDir
    private Path directory;

    private ServiceTrouble trouble(String yaml) {
        ServiceTrouble trouble = new ServiceTrouble(() -> nowNanos, new Random(7));
        trouble.set(TroubleFile.parse(Path.of("trouble.yaml"), yaml).recommendation());
        return trouble;
    }

    @Test
    void callsBeyondWhatAServiceCanDoWaitForTheirTurn() {
        ServiceTrouble trouble = trouble("recommendation: { latency: 1ms, per-second: 100 }");
        assertThat(trouble.delay()).isEqualTo(Duration.ofMillis(11));
        assertThat(trouble.delay()).isEqualTo(Duration.ofMillis(21));
        nowNanos += Duration.ofSeconds(1).toNanos();
        assertThat(trouble.delay()).isEqualTo(Duration.ofMillis(11));
    }

    @Test
    void aShareOfTheCallsFails() {
        ServiceTrouble trouble = trouble("recommendation: { failures: 20% }");
        int failed = 0;
        for (int i = 0; i < 10_000; i++) {
            failed += trouble.fails() ? 1 : 0;
        }
        assertThat(failed).isBetween(1800, 2200);
    }

    @Test
    void whatTheFileSaysHoldsFromTheNextLookOn() throws IOException {
        Path path = directory.resolve("trouble.yaml");
        try (Environment env = Environment.system()) {
            follows(path, new TroubleFile(path, env));
        }
    }

    private static void follows(Path path, TroubleFile file) throws IOException {
        Recommendation service = file.around(new Well());
        file.run();
        assertThat(service.pick(List.of(), 1).servedBy()).isEqualTo("well");
        Files.writeString(path, "recommendation: { failures: 100% }");
        file.run();
        assertThatThrownBy(() -> service.pick(List.of(), 1)).hasMessageContaining("fails on purpose");
        Files.writeString(path, "");
        file.run();
        assertThat(service.pick(List.of(), 1).servedBy()).isEqualTo("well");
    }

    @Test
    void aServiceThatDoesNotExistIsAMistake() {
        assertThatThrownBy(() -> trouble("recomendation: { latency: 3s }"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("recommendation");
    }

    private record Well() implements Recommendation {
        @Override
        public Picks pick(List<Integer> watched, int count) {
            return new Picks(List.of(), "", "well");
        }
    }
}
