package io.holdfast.replication.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.testkit.sim.SimEnvironment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Writes that wait in the cache: what they promise, in virtual time. A message takes 5 ms; a write waits 100 ms. */
class WriteBehindTest {
    private final SimEnvironment environment = SimEnvironment.seed(7);
    private final SimOrigin origin = new SimOrigin(environment);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Unwritten<String, String>> unwritten = new ArrayList<>();

    private NearCache<String, String> cache(WriteBehindOptions behind) {
        NearCacheOptions options =
                NearCacheOptions.bounded(Duration.ofSeconds(1)).withRefreshAt(1).withWriteBehind(behind);
        NearCache<String, String> cache = NearCache.of("titles", origin, options)
                .onUnwritten(unwritten::add)
                .start(environment, registry);
        pass(20);
        return cache;
    }

    private void pass(long millis) {
        environment.advance(Duration.ofMillis(millis));
    }

    private static void put(NearCache<String, String> cache, String key, String value) {
        cache.putAsync(key, value).toCompletableFuture().join();
    }

    private double queued() {
        return registry.get("holdfast.cache.queued").gauge().value();
    }

    @Test
    void aWriteIsReadAtOnceAndWrittenAfterItsDelay() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard());
        put(cache, "a", "1");
        assertThat(cache.get("a")).contains("1");
        pass(100);
        assertThat(origin.written).isEmpty();
        assertThat(cache.get("a")).contains("1");
        pass(5);
        assertThat(origin.written).containsExactly("a=1");
        assertThat(cache.get("a")).as("its answer is on the way").contains("1");
        pass(20);
        assertThat(cache.get("a")).as("from the copy").contains("1");
        assertThat(queued()).isZero();
        assertThat(origin.loadsBegun).isZero();
    }

    @Test
    void aClosedCacheHasNotEndedBeforeItHasWrittenWhatWaits() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard());
        put(cache, "a", "1");
        CompletableFuture<List<Unwritten<String, String>>> end =
                cache.closeAsync(Duration.ofSeconds(1)).toCompletableFuture();
        assertThat(cache.ended()).isFalse();
        pass(20);
        assertThat(end).isCompletedWithValue(List.of());
        assertThat(cache.ended()).isTrue();
    }

    @Test
    void ofSeveralWritesOfAKeyTheLastIsWrittenAndRemovalsAreWrites() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard());
        put(cache, "a", "1");
        put(cache, "b", "1");
        put(cache, "a", "2");
        cache.removeAsync("b");
        assertThat(cache.get("b")).isEmpty();
        put(cache, "a", "3");
        pass(200);
        assertThat(origin.written).containsExactly("a=3", "b=-");
        assertThat(registry.get("holdfast.cache.coalesced").functionCounter().count())
                .isEqualTo(3);
    }

    @Test
    void aWriteThatComesWhileOneOfItsKeyIsUnderWayFollowsIt() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard());
        origin.latency = () -> Duration.ofMillis(50);
        put(cache, "a", "1");
        pass(120); // on its way
        put(cache, "a", "2");
        origin.latency = () -> Duration.ofMillis(1);
        pass(29);
        assertThat(origin.written).as("not before the first has ended").isEmpty();
        assertThat(cache.get("a")).contains("2");
        pass(60);
        assertThat(cache.get("a")).as("the first has ended").contains("2");
        pass(200);
        assertThat(origin.written).containsExactly("a=1", "a=2");
        assertThat(cache.get("a")).contains("2");
    }

    @Test
    void aReadThatIsUnderWayDoesNotHideAWriteThatWaits() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard());
        origin.set("a", "1");
        pass(10);
        cache.getAsync("a");
        pass(6);
        put(cache, "a", "2");
        pass(10); // the read has ended
        assertThat(cache.get("a")).contains("2");
        pass(100);
        assertThat(cache.get("a")).contains("2");
    }

    @Test
    void aFullQueueRefusesOtherKeysAndTakesThemAgainWhenItHasRoom() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard().withBounds(2, 64));
        put(cache, "a", "1");
        put(cache, "b", "1");
        assertThatThrownBy(() -> put(cache, "c", "1")).hasRootCauseInstanceOf(OverloadedException.class);
        put(cache, "a", "2");
        assertThat(queued()).isEqualTo(2);
        pass(120);
        put(cache, "c", "1");
        pass(120);
        assertThat(origin.written).containsExactlyInAnyOrder("a=2", "b=1", "c=1");
    }

    @Test
    void noMoreThanABatchIsUnderWay() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard().withBounds(100, 2));
        for (int i = 0; i < 5; i++) {
            put(cache, "k" + i, "1");
        }
        pass(105);
        assertThat(origin.written).hasSize(2);
        pass(10);
        assertThat(origin.written).hasSize(4);
        pass(10);
        assertThat(origin.written).hasSize(5);
    }

    @Test
    void whatMayBeTriedAgainIsTriedAgainWithGrowingPausesAlsoIfItMayHaveBeenDone() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard());
        List<HoldfastException> failures = new ArrayList<>(List.of(
                new NotAppliedException("no"), new UnavailableException("down"), new UnknownOutcomeException("cut")));
        List<Long> tries = new ArrayList<>();
        origin.writeFailure = () -> {
            tries.add(environment.clock().nanoTime() / 1_000_000);
            return failures.isEmpty() ? null : failures.remove(0);
        };
        put(cache, "a", "1");
        pass(3_000);
        assertThat(tries).hasSize(4);
        assertThat(tries.get(1) - tries.get(0)).isBetween(60L, 110L);
        assertThat(tries.get(2) - tries.get(1)).isBetween(110L, 210L);
        assertThat(tries.get(3) - tries.get(2)).isBetween(210L, 410L);
        assertThat(origin.written).as("the third was done").containsExactly("a=1", "a=1");
        assertThat(unwritten).isEmpty();
        assertThat(cache.get("a")).contains("1");
    }

    @Test
    void whatTheOriginRefusesForGoodIsReported() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard());
        origin.writeFailure = () -> new InvalidContractException("too large");
        put(cache, "a", "1");
        pass(200);
        assertThat(unwritten).hasSize(1);
        assertThat(unwritten.get(0).key()).isEqualTo("a");
        assertThat(unwritten.get(0).value()).contains("1");
        assertThat(unwritten.get(0).mayBeWritten()).isFalse();
        assertThat(unwritten.get(0).cause()).containsInstanceOf(InvalidContractException.class);
        CompletableFuture<Optional<String>> read = cache.getAsync("a").toCompletableFuture();
        pass(20);
        assertThat(read).as("what stands there").isCompletedWithValue(Optional.empty());
    }

    @Test
    void closingWritesWhatWaitsAndTakesNoMore() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard().withDelay(Duration.ofHours(1)));
        put(cache, "a", "1");
        put(cache, "b", "1");
        CompletableFuture<List<Unwritten<String, String>>> end =
                cache.closeAsync(Duration.ofSeconds(1)).toCompletableFuture();
        assertThatThrownBy(() -> put(cache, "c", "1")).hasRootCauseInstanceOf(UnavailableException.class);
        assertThat(cache.get("a")).as("while it waits").contains("1");
        pass(10);
        assertThat(end).isCompletedWithValue(List.of());
        assertThat(origin.written).containsExactly("a=1", "b=1");
    }

    @Test
    void closingReportsWhatCouldNotBeWrittenWithinTheLimit() {
        NearCache<String, String> cache = cache(WriteBehindOptions.standard().withBounds(10, 1));
        origin.writeFailure = () -> new NotAppliedException("no");
        put(cache, "a", "1");
        put(cache, "b", "2");
        put(cache, "c", "3");
        pass(115); // a has failed, b is on its way
        CompletableFuture<List<Unwritten<String, String>>> end =
                cache.closeAsync(Duration.ofMillis(2)).toCompletableFuture();
        pass(2);
        assertThat(end).isCompleted();
        assertThat(end.join()).hasSize(3).containsExactlyInAnyOrderElementsOf(unwritten);
        assertThat(end.join()).filteredOn(Unwritten::mayBeWritten).hasSize(1);
        pass(10_000);
        assertThat(end.join()).hasSize(3);
    }
}
