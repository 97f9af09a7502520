package io.holdfast.replication.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.replication.cache.caffeine.Shelf;
import io.holdfast.testkit.sim.SimEnvironment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a near cache promises to readers and to writers through it, in virtual time. A message takes 5 ms, the bound is one second. */
class NearCacheTest {
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final NearCacheOptions OPTIONS =
            NearCacheOptions.bounded(BOUND).withRefreshAt(1);

    private final SimEnvironment environment = SimEnvironment.seed(7);
    private final SimOrigin origin = new SimOrigin(environment);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private NearCache<String, String> cache(NearCacheOptions options) {
        NearCache<String, String> cache =
                NearCache.of("titles", origin, options).start(environment, registry);
        pass(20); // the feed has begun
        return cache;
    }

    private void pass(long millis) {
        environment.advance(Duration.ofMillis(millis));
    }

    private <T> T end(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        for (int i = 0; i < 10_000 && !future.isDone(); i++) {
            pass(1);
        }
        assertThat(future).as("ten seconds later").isDone();
        return future.join();
    }

    private String read(NearCache<String, String> cache, String key) {
        return end(cache.getAsync(key)).orElse("-");
    }

    private double count(String metric, String... tags) {
        return registry.get(metric).tags(tags).functionCounter().count();
    }

    private double hits() {
        return count("holdfast.cache.get", "result", "hit");
    }

    @Test
    void aCopyIsAnsweredWithoutTheOriginForAsLongAsTheFeedVouches() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        assertThat(read(cache, "a")).isEqualTo("1");
        for (int i = 0; i < 100; i++) {
            pass(100); // ten times the bound
            assertThat(cache.get("a")).contains("1");
        }
        assertThat(origin.loadsBegun).isEqualTo(1);
        assertThat(hits()).isEqualTo(100);
    }

    @Test
    void aChangeThatIsToldDropsTheCopyAtOnce() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        read(cache, "a");
        origin.set("a", "2");
        pass(5);
        assertThat(read(cache, "a")).isEqualTo("2");
    }

    @Test
    void aLostMessageIsNoticedAndTheCopyIsNeverOlderThanTheBound() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        origin.set("b", "1");
        read(cache, "a");
        read(cache, "b");
        pass(3_000);
        origin.lost = () -> true;
        origin.set("a", "2");
        origin.lost = () -> false;
        assertThat(cache.get("a")).as("within the bound").contains("1");
        pass(1_001);
        assertThat(read(cache, "a")).isEqualTo("2");
        assertThat(count("holdfast.cache.change", "kind", "gap")).isEqualTo(2);
        read(cache, "b");
        int loads = origin.loadsBegun;
        pass(3_000);
        assertThat(cache.get("a")).contains("2");
        assertThat(cache.get("b")).contains("1");
        assertThat(origin.loadsBegun).as("repaired: the feed vouches again").isEqualTo(loads);
    }

    @Test
    void withADeadFeedACopyIsAnsweredForTheBoundAndThenReadAnew() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        read(cache, "a");
        origin.feedAnswers = false;
        origin.lost = () -> true;
        pass(300); // the last answer was on its way
        origin.set("a", "2");
        pass(1_000);
        assertThat(read(cache, "a")).isEqualTo("2");
        pass(900);
        assertThat(cache.get("a")).contains("2");
        pass(200);
        assertThat(cache.getAsync("a").toCompletableFuture()).isNotDone();
    }

    @Test
    void afterAPauseNothingOlderThanTheBoundIsAnswered() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        read(cache, "a");
        environment.clock().jump(Duration.ofMillis(1_300));
        assertThat(cache.getAsync("a").toCompletableFuture()).isNotDone();
    }

    @Test
    void theAgeOfACopyCountsFromBeforeItWasAskedFor() {
        origin.latency = () -> Duration.ofMillis(300);
        NearCache<String, String> cache =
                NearCache.of("titles", unfed(), OPTIONS).start(environment, registry);
        origin.set("a", "1");
        CompletionStage<Optional<String>> first = cache.getAsync("a");
        pass(301);
        origin.set("a", "2"); // the answer is on its way
        pass(300);
        assertThat(first.toCompletableFuture()).isCompletedWithValue(Optional.of("1"));
        pass(399);
        assertThat(cache.get("a")).contains("1");
        pass(2);
        assertThat(cache.getAsync("a").toCompletableFuture())
                .as("1,002 ms after the question")
                .isNotDone();
    }

    /** A change is told, and the feed vouches for what has replaced the copy, between a reader's look at it and its look at the time. */
    @Test
    void whatIsVouchedForAfterACopyWasLookedUpDoesNotMakeThatCopyYounger() {
        Runnable[] atTheClock = {() -> {}};
        MonotonicClock clock = () -> {
            Runnable once = atTheClock[0];
            atTheClock[0] = () -> {};
            once.run();
            return environment.clock().nanoTime();
        };
        Contents<String, String> contents = new Contents<>(
                OPTIONS, clock, new Shelf<>(100, (key, entry) -> 1, Runnable::run), new Pins<>(), key -> false);
        CacheMeters meters = new CacheMeters(registry, "titles");
        OriginCalls<String, String> calls = new OriginCalls<>("titles", origin, OPTIONS, environment);
        Pins<String> pins = new Pins<>();
        NearCache<String, String> cache = new NearCache<>(
                "titles",
                clock,
                contents,
                new Loads<>("titles", OPTIONS, environment, calls, contents, pins, meters),
                new WriteThrough<>(calls, contents, pins, clock, meters),
                new Vouching<>(contents, environment, OPTIONS, meters),
                meters,
                Duration.ZERO);
        origin.set("a", "1");
        read(cache, "a");
        pass(1_100);
        atTheClock[0] = () -> {
            contents.told("a", 2);
            contents.covered(0, environment.clock().nanoTime());
        };
        assertThat(cache.getAsync("a").toCompletableFuture())
                .as("nobody vouched for it within the bound")
                .isNotDone();
    }

    private CacheOrigin<String, String> unfed() {
        return new CacheOrigin<>() {
            @Override
            public CompletionStage<Loaded<String>> load(String key) {
                return origin.load(key);
            }

            @Override
            public CompletionStage<Long> put(String key, String value) {
                return origin.put(key, value);
            }

            @Override
            public CompletionStage<Long> remove(String key) {
                return origin.remove(key);
            }

            @Override
            public ChangeFeed follow(ChangeListener<String> listener) {
                return ChangeFeed.NONE;
            }
        };
    }

    @Test
    void anAnswerThatTookLongerThanTheBoundIsNotGiven() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        CompletionStage<Optional<String>> read = cache.getAsync("a");
        pass(6); // the origin has answered
        origin.set("a", "2");
        environment.clock().jump(Duration.ofMillis(1_001)); // and this process stands still
        String answer = end(read.handle((value, error) -> error == null ? value.orElse("-") : "failed"));
        assertThat(answer).isNotEqualTo("1");
    }

    @Test
    void anAnswerThatIsOlderThanWhatWasToldMeanwhileIsNotKept() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        pass(20);
        origin.latency = () -> Duration.ofMillis(20);
        CompletionStage<Optional<String>> read = cache.getAsync("a");
        pass(21); // the answer, 1, is on its way
        origin.latency = () -> Duration.ofMillis(5);
        origin.set("a", "2");
        pass(10); // and 2 is told before it comes
        assertThat(end(read)).contains("1");
        pass(100);
        assertThat(read(cache, "a")).isEqualTo("2");
    }

    @Test
    void aReadThatIsUnderWayDoesNotHideWhatIsWrittenThroughTheCache() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        pass(20);
        origin.latency = () -> Duration.ofMillis(20);
        CompletionStage<Optional<String>> before = cache.getAsync("a");
        pass(21);
        origin.latency = () -> Duration.ofMillis(2);
        end(cache.putAsync("a", "2"));
        assertThat(before.toCompletableFuture()).isNotDone();
        CompletionStage<Optional<String>> after = cache.getAsync("a");
        assertThat(after.toCompletableFuture()).isCompletedWithValue(Optional.of("2"));
        assertThat(end(before)).as("the newer copy, without asking again").contains("2");
        assertThat(cache.get("a")).contains("2");
        assertThat(origin.loadsBegun).isEqualTo(1);
    }

    @Test
    void aReadThatJoinsAnOlderOneSeesWhatWasWrittenBeforeItAlsoIfTheCopyHadToLeave() {
        NearCache<String, String> cache = cache(OPTIONS.withMaxWeight(1));
        origin.set("a", "1");
        pass(20);
        origin.latency = () -> Duration.ofMillis(50);
        cache.getAsync("a");
        pass(51);
        origin.latency = () -> Duration.ofMillis(2);
        end(cache.putAsync("a", "2"));
        for (int i = 0; i < 4; i++) {
            read(cache, "other" + i);
            read(cache, "other" + i);
        }
        assertThat(read(cache, "a")).isEqualTo("2");
    }

    @Test
    void aWriteThatEndsAfterANewerOneWasToldIsNotKept() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.latency = () -> Duration.ofMillis(40);
        CompletionStage<Void> put = cache.putAsync("a", "1");
        pass(41); // written; the answer is on its way
        origin.latency = () -> Duration.ofMillis(5);
        origin.set("a", "2");
        end(put);
        assertThat(read(cache, "a")).isEqualTo("2");
    }

    @Test
    void absenceIsKeptForItsOwnTimeAndGivesWayToWhatIsTold() {
        NearCache<String, String> cache = cache(OPTIONS.withTtl(Duration.ofMinutes(1), Duration.ofSeconds(10)));
        assertThat(read(cache, "a")).isEqualTo("-");
        pass(5_000);
        assertThat(cache.get("a")).isEmpty();
        assertThat(origin.loadsBegun).isEqualTo(1);
        pass(5_000);
        assertThat(read(cache, "a")).isEqualTo("-");
        assertThat(origin.loadsBegun).as("after its time").isEqualTo(2);
        origin.set("a", "1");
        pass(5);
        assertThat(read(cache, "a")).isEqualTo("1");
    }

    @Test
    void aCopyIsReadAnewAfterItsTimeThoughTheFeedVouches() {
        NearCache<String, String> cache = cache(OPTIONS.withTtl(Duration.ofSeconds(30), Duration.ofSeconds(10)));
        origin.set("a", "1");
        read(cache, "a");
        pass(29_900);
        assertThat(cache.get("a")).contains("1");
        pass(100);
        assertThat(cache.getAsync("a").toCompletableFuture()).isNotDone();
    }

    @Test
    void aFailureReachesAllWhoWaitAndIsNotKept() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        origin.loadFailure = () -> new UnavailableException("down");
        List<CompletionStage<Optional<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(cache.getAsync("a"));
        }
        pass(50);
        for (CompletionStage<Optional<String>> each : waiting) {
            assertThatThrownBy(() -> each.toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseInstanceOf(UnavailableException.class);
        }
        assertThat(origin.loadsBegun).isEqualTo(1);
        origin.loadFailure = () -> null;
        assertThat(read(cache, "a")).isEqualTo("1");
    }

    @Test
    void oneReadIsMadeForAllWhoWaitAndOneWhoCancelsTakesItFromNobody() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        CompletableFuture<Optional<String>> impatient = cache.getAsync("a").toCompletableFuture();
        CompletionStage<Optional<String>> patient = cache.getAsync("a");
        impatient.cancel(true);
        assertThat(end(patient)).contains("1");
        assertThat(origin.loadsBegun).isEqualTo(1);
        assertThat(cache.get("a")).contains("1");
    }

    @Test
    void moreReadsThanTheBoundAreRefusedAndRoomIsGivenBack() {
        NearCache<String, String> cache = cache(OPTIONS.withCalls(Duration.ofSeconds(1), 2));
        cache.getAsync("a");
        cache.getAsync("b");
        cache.getAsync("b");
        assertThatThrownBy(() -> cache.getAsync("c").toCompletableFuture().join())
                .hasRootCauseInstanceOf(OverloadedException.class);
        assertThatThrownBy(() -> cache.putAsync("c", "1").toCompletableFuture().join())
                .hasRootCauseInstanceOf(OverloadedException.class);
        pass(20);
        assertThat(read(cache, "c")).isEqualTo("-");
    }

    @Test
    void aReadThatIsNeverAnsweredEndsAndTheNextOneIsMadeAnew() {
        NearCache<String, String> cache = cache(OPTIONS.withCalls(Duration.ofMillis(400), 1));
        origin.set("a", "1");
        origin.latency = () -> Duration.ofHours(1);
        CompletableFuture<Optional<String>> read = cache.getAsync("a").toCompletableFuture();
        pass(400);
        assertThat(read).isCompletedExceptionally();
        origin.latency = () -> Duration.ofMillis(1);
        assertThat(read(cache, "a")).isEqualTo("1");
    }

    @Test
    void aCopyIsReadAheadAndAFailureOfThatLeavesItValid() {
        NearCache<String, String> cache =
                cache(OPTIONS.withRefreshAt(0.5).withTtl(Duration.ofSeconds(10), Duration.ofSeconds(10)));
        origin.set("a", "1");
        read(cache, "a");
        pass(5_100);
        origin.loadFailure = () -> new UnavailableException("down");
        assertThat(cache.get("a")).contains("1");
        pass(100);
        assertThat(cache.get("a")).as("after the failure").contains("1");
        assertThat(origin.loadsBegun).isEqualTo(3);
        pass(4_800);
        assertThat(cache.getAsync("a").toCompletableFuture())
                .as("its time is over all the same")
                .isNotDone();
        pass(100);
        origin.loadFailure = () -> null;
        read(cache, "a");
        int loads = origin.loadsBegun;
        for (int i = 0; i < 600; i++) {
            pass(100);
            assertThat(cache.get("a")).as("never waits").contains("1");
        }
        assertThat(origin.loadsBegun - loads).isBetween(10, 14);
    }

    @Test
    void aWriteOfUnknownOutcomeLeavesNoCopyAndOneThatWasNotDoneLeavesIt() {
        NearCache<String, String> cache = cache(OPTIONS);
        origin.set("a", "1");
        read(cache, "a");
        origin.writeFailure = () -> new NotAppliedException("refused");
        assertThatThrownBy(() -> end(cache.putAsync("a", "2"))).hasRootCauseInstanceOf(NotAppliedException.class);
        assertThat(cache.get("a")).contains("1");
        origin.lost = () -> true;
        origin.writeFailure = () -> new UnknownOutcomeException("cut");
        assertThatThrownBy(() -> end(cache.putAsync("a", "3"))).hasRootCauseInstanceOf(UnknownOutcomeException.class);
        assertThat(read(cache, "a")).isEqualTo("3");
    }

    @Test
    void whatIsRemovedThroughTheCacheIsAbsentWithoutARead() {
        NearCache<String, String> cache = cache(OPTIONS);
        end(cache.putAsync("a", "1"));
        end(cache.removeAsync("a"));
        pass(10); // told of its own changes
        assertThat(cache.get("a")).isEmpty();
        assertThat(origin.loadsBegun).isZero();
    }

    @Test
    void aRefreshSoEarlyThatEachReadWouldMakeOneIsRefused() {
        assertThatThrownBy(() -> OPTIONS.withRefreshAt(0.2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("refreshAt (0.2)");
    }

    /** Else a change that was made after the question, and not told, would be answered for longer than the bound. */
    @Test
    void theFeedVouchesAsOfTheQuestionAndNotOfTheAnswer() {
        List<CompletableFuture<Void>> questions = new ArrayList<>();
        CacheOrigin<String, String> asked = new CacheOrigin<>() {
            @Override
            public CompletionStage<Loaded<String>> load(String key) {
                return origin.load(key);
            }

            @Override
            public CompletionStage<Long> put(String key, String value) {
                return origin.put(key, value);
            }

            @Override
            public CompletionStage<Long> remove(String key) {
                return origin.remove(key);
            }

            @Override
            public ChangeFeed follow(ChangeListener<String> listener) {
                return new ChangeFeed() {
                    @Override
                    public CompletionStage<Void> settle() {
                        questions.add(new CompletableFuture<>());
                        return questions.get(questions.size() - 1);
                    }

                    @Override
                    public void close() {}
                };
            }
        };
        NearCache<String, String> cache = NearCache.of("titles", asked, OPTIONS).start(environment, registry);
        origin.set("a", "1");
        pass(100);
        assertThat(read(cache, "a")).isEqualTo("1");
        pass(190); // to 300 ms: the question of 250 ms is under way
        assertThat(questions).hasSize(2);
        origin.set("a", "2");
        pass(600);
        questions.get(1).complete(null); // at 900 ms
        pass(340);
        assertThat(cache.get("a")).as("990 ms after the question").contains("1");
        pass(20);
        assertThat(cache.getAsync("a").toCompletableFuture())
                .as("1,010 ms after the question")
                .isNotDone();
        assertThat(read(cache, "a")).isEqualTo("2");
    }

    @Test
    void nullsAreRefused() {
        NearCache<String, String> cache = cache(OPTIONS);
        assertThatThrownBy(() -> cache.get(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.put("a", nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("remove");
        assertThatThrownBy(() -> cache.put(nothing(), "a")).isInstanceOf(NullPointerException.class);
    }

    @Test
    void anOriginThatAnswersNullHasFailed() {
        CacheOrigin<String, String> broken = new CacheOrigin<>() {
            @Override
            public CompletionStage<Loaded<String>> load(String key) {
                return CompletableFuture.completedStage(null);
            }

            @Override
            public CompletionStage<Long> put(String key, String value) {
                throw new UnavailableException("thrown, not returned");
            }

            @Override
            public CompletionStage<Long> remove(String key) {
                return put(key, "");
            }

            @Override
            public ChangeFeed follow(ChangeListener<String> listener) {
                return ChangeFeed.NONE;
            }
        };
        NearCache<String, String> cache =
                NearCache.of("titles", broken, OPTIONS).start(environment, registry);
        assertThatThrownBy(() -> cache.get("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("answered null");
        assertThatThrownBy(() -> cache.put("a", "1")).isInstanceOf(UnavailableException.class);
    }

    @SuppressWarnings("NullAway") // what NullAway would have found
    private static String nothing() {
        return null;
    }

    @Test
    void noMoreIsKeptThanTheBoundByEntriesOrByWeight() {
        NearCache<String, String> cache = NearCache.of("titles", origin, OPTIONS.withMaxWeight(100))
                .weigher((key, value) -> value.length())
                .start(environment, registry);
        for (int i = 0; i < 50; i++) {
            origin.set("k" + i, "ten letter");
            read(cache, "k" + i);
        }
        pass(2); // the upkeep
        assertThat(registry.get("holdfast.cache.entries").gauge().value()).isLessThanOrEqualTo(10);
    }

    @Test
    void aWeigherThatFailsHoldsUpNeitherReadsNorWrites() {
        NearCache<String, String> cache = NearCache.of("titles", origin, OPTIONS.withCalls(BOUND, 1))
                .weigher((key, value) -> {
                    if (value.equals("throws")) {
                        throw new ArithmeticException("as planned by this test");
                    }
                    return value.equals("negative") ? -1 : 1;
                })
                .start(environment, registry);
        pass(20);
        for (String value : List.of("throws", "negative", "throws")) {
            origin.set("a", value);
            pass(10);
            assertThat(read(cache, "a")).isEqualTo(value);
            end(cache.putAsync("b", value));
            assertThat(cache.get("b")).contains(value);
        }
    }

    /** A key whose own code fails once, when it is asked for. */
    private static final class Key {
        private boolean fails;

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            if (fails) {
                fails = false;
                throw new IllegalStateException("as planned by this test");
            }
            return 1;
        }
    }

    @Test
    void aKeyWhoseCodeFailsWhenAnAnswerComesTakesNoRoomForEver() {
        List<CompletableFuture<Loaded<String>>> loads = new ArrayList<>();
        List<CompletableFuture<Long>> writes = new ArrayList<>();
        CacheOrigin<Key, String> byHand = new CacheOrigin<>() {
            @Override
            public CompletionStage<Loaded<String>> load(Key key) {
                loads.add(new CompletableFuture<>());
                return loads.get(loads.size() - 1);
            }

            @Override
            public CompletionStage<Long> put(Key key, String value) {
                writes.add(new CompletableFuture<>());
                return writes.get(writes.size() - 1);
            }

            @Override
            public CompletionStage<Long> remove(Key key) {
                return put(key, "");
            }

            @Override
            public ChangeFeed follow(ChangeListener<Key> listener) {
                return ChangeFeed.NONE;
            }
        };
        NearCache<Key, String> cache =
                NearCache.of("keys", byHand, OPTIONS.withCalls(BOUND, 1)).start(environment, registry);
        Key key = new Key();
        CompletableFuture<Optional<String>> read = cache.getAsync(key).toCompletableFuture();
        key.fails = true;
        loads.get(0).complete(Loaded.of("1", 1));
        assertThat(read).isCompletedExceptionally();
        CompletableFuture<Void> put = cache.putAsync(key, "2").toCompletableFuture();
        key.fails = true;
        writes.get(0).complete(2L);
        assertThat(put).isCompletedExceptionally();
        CompletableFuture<Optional<String>> again = cache.getAsync(key).toCompletableFuture();
        loads.get(1).complete(Loaded.of("2", 2));
        assertThat(again).isCompletedWithValue(Optional.of("2"));
    }

    @Test
    void aClosedCacheAnswersNothingAndItsMetersAreGone() {
        NearCache<String, String> cache = cache(OPTIONS);
        end(cache.putAsync("a", "1"));
        cache.close();
        assertThatThrownBy(() -> cache.get("a")).isInstanceOf(UnavailableException.class);
        assertThat(registry.getMeters()).isEmpty();
    }
}
