package io.holdfast.replication.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.replication.cache.Entry.Asked;
import io.holdfast.replication.cache.Pins.Pin;
import io.holdfast.replication.cache.caffeine.Shelf;
import io.holdfast.testkit.sim.SimEnvironment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to a key at the very moment when its first copy is stored: the weigher runs within the storing, and lets another thread act there. */
class ContentsTest {
    private static final NearCacheOptions OPTIONS = NearCacheOptions.bounded(Duration.ofSeconds(1));

    private final Pins<String> pins = new Pins<>();
    private Runnable meanwhile = () -> {};
    private Thread other = new Thread(() -> {});
    private final Contents<String, String> contents = new Contents<>(
            OPTIONS, SimEnvironment.seed(1).clock(), new Shelf<>(100, this::weigh, Runnable::run), pins, key -> false);

    /** Another thread begins, and either waits for this one or has ended. */
    private int weigh(String key, Entry<String> entry) {
        if (other.getState() == Thread.State.NEW && !entry.mark) {
            other = new Thread(meanwhile);
            other.start();
            while (other.getState() != Thread.State.BLOCKED && other.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
        }
        return 1;
    }

    @AfterEach
    void join() throws InterruptedException {
        other.join();
    }

    private @Nullable Entry<String> storeFirstCopy() throws InterruptedException {
        Asked asked = contents.asked();
        Pin pin = pins.take("a");
        contents.offer("a", Loaded.of("1", 1), asked, pin);
        pins.release("a");
        other.join();
        return contents.kept("a");
    }

    @Test
    void aChangeThatIsToldWhileTheFirstCopyIsStoredIsNotLost() throws InterruptedException {
        meanwhile = () -> contents.told("a", 2);
        @Nullable Entry<String> kept = storeFirstCopy();
        assertThat(kept == null || kept.mark)
                .as("the copy must not be answered")
                .isTrue();
    }

    @Test
    void aWriteThatIsQueuedWhileTheFirstCopyIsStoredHidesIt() throws InterruptedException {
        meanwhile = () -> contents.hide("a");
        @Nullable Entry<String> kept = storeFirstCopy();
        assertThat(kept == null || kept.mark)
                .as("the write is what is answered")
                .isTrue();
    }
}
