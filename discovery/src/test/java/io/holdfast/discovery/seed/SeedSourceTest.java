package io.holdfast.discovery.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedSourceTest {
    @TempDir
    Path directory;

    @Test
    void anAddressIsItself() throws IOException {
        assertThat(SeedSource.parse("10.0.0.1:7946").find()).containsExactly(Address.of("10.0.0.1", 7946));
    }

    @Test
    void aNameIsResolvedToItsAddresses() throws IOException {
        assertThat(SeedSource.parse("dns:127.0.0.1:7946").find()).containsExactly(Address.of("127.0.0.1", 7946));
        assertThat(SeedSource.dns("localhost", 1).find()).isNotEmpty();
    }

    @Test
    void aFileIsReadAnewEachTime() throws IOException {
        Path file = directory.resolve("seeds");
        Files.writeString(file, "# ours\n a:1 \n\n[::1]:2\n");
        SeedSource source = SeedSource.parse("file:" + file);
        assertThat(source.find()).containsExactly(Address.of("a", 1), Address.of("::1", 2));
        Files.writeString(file, "b:3\n");
        assertThat(source.find()).containsExactly(Address.of("b", 3));
    }

    @Test
    void aBrokenLineIsNamed() throws IOException {
        Path file = directory.resolve("seeds");
        Files.writeString(file, "a:1\nnonsense\n");
        assertThatThrownBy(() -> SeedSource.file(file).find())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("nonsense");
    }

    @Test
    void aHugeFileIsRefused() throws IOException {
        Path file = directory.resolve("seeds");
        Files.write(file, new byte[65 * 1024]);
        assertThatThrownBy(() -> SeedSource.file(file).find()).hasMessageContaining("at most");
    }

    @Test
    void srvRecordsNameHostAndPort() throws IOException {
        assertThat(SrvSeeds.Target.parse("10 5 7946 node-1.example.org."))
                .isEqualTo(new SrvSeeds.Target(10, Address.of("node-1.example.org", 7946)));
        assertThatThrownBy(() -> SrvSeeds.Target.parse("10 5 port node-1")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SrvSeeds.Target.parse("10 5")).isInstanceOf(IOException.class);
    }

    @Test
    void oneSourceThatFailsDoesNotHideTheOthers() throws IOException {
        SeedSource broken = () -> {
            throw new IOException("no answer");
        };
        SeedSource works = SeedSource.fixed(List.of(Address.of("a", 1)));
        assertThat(SeedSource.all(List.of(broken, works, works)).find()).containsExactly(Address.of("a", 1));
        assertThatThrownBy(() -> SeedSource.all(List.of(broken, broken)).find())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer");
        assertThat(SeedSource.all(List.of()).find()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a:0", "srv:", "file:", "dns:a", "a:b"})
    void whatIsNoSeedIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SeedSource.parse(text));
    }
}
