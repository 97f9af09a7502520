package io.holdfast.examples.streaming.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CachedCatalogTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean down = new AtomicBoolean();
    private final CachedCatalog cached =
            new CachedCatalog(counted(new CatalogService()), Duration.ofSeconds(30), now::get);

    private Catalog counted(Catalog catalog) {
        return (Catalog) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Catalog.class}, (proxy, method, args) -> {
                    calls.incrementAndGet();
                    if (down.get()) {
                        throw new UnavailableException("service catalog is down");
                    }
                    try {
                        return method.invoke(catalog, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void asksOnceWithinTheTimeToLive() {
        assertThat(cached.popular(10)).hasSize(10).isEqualTo(cached.popular(10));
        assertThat(calls).hasValue(1);
        now.addAndGet(Duration.ofSeconds(31).toNanos());
        cached.popular(10);
        assertThat(calls).hasValue(2);
    }

    @Test
    void answersFromMemoryWhileTheCatalogueIsDown() {
        cached.find(7);
        down.set(true);
        assertThat(cached.find(7)).isPresent();
        assertThatThrownBy(() -> cached.find(8)).isInstanceOf(UnavailableException.class);
    }

    @Test
    void showsOldTitlesWhileTheyCannotBeRenewedAndAsksAgainByAndBy() {
        cached.popular(10);
        down.set(true);
        now.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(cached.popular(10)).hasSize(10);
        assertThat(cached.popular(10)).hasSize(10);
        assertThat(calls).hasValue(2);
        down.set(false);
        now.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(cached.popular(10)).hasSize(10);
        assertThat(calls).hasValue(3);
    }

    @Test
    void letsOneCallerRenewAndTheOthersGoOnWithTheOldTitles() {
        AtomicInteger asked = new AtomicInteger();
        KeptAnswers<String, Integer> kept = new KeptAnswers<>(10, Duration.ofSeconds(30), now::get);
        assertThat(kept.get("key", asked::incrementAndGet)).isEqualTo(1);
        now.addAndGet(Duration.ofSeconds(31).toNanos());
        List<Integer> meanwhile = new ArrayList<>();
        int renewed = kept.get("key", () -> {
            meanwhile.add(kept.get("key", asked::incrementAndGet)); // who comes while the answer is renewed
            return asked.incrementAndGet();
        });
        assertThat(meanwhile).containsExactly(1);
        assertThat(renewed).isEqualTo(2);
        assertThat(kept.get("key", asked::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void whoWaitsForTheQuestionOfAnotherWaitsNoLongerThanItsOwnDeadline() {
        KeptAnswers<String, Integer> kept = new KeptAnswers<>(10, Duration.ofSeconds(30), now::get);
        CallContext hasty = CallContext.EMPTY.withDeadline(Deadline.after(now.get(), Duration.ofMillis(20)));
        kept.get("key", () -> {
            CompletableFuture<Throwable> other = new CompletableFuture<>();
            Runnable question = () -> other.complete(catchThrowable(() -> kept.get("key", () -> 2)));
            new Thread(hasty.wrap(question)).start();
            assertThat(other.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(DeadlineExceededException.class);
            return 1;
        });
    }

    @Test
    void remembersThatATitleDoesNotExist() {
        assertThat(cached.find(99_999)).isEmpty();
        assertThat(cached.find(99_999)).isEmpty();
        assertThat(calls).hasValue(1);
    }
}
