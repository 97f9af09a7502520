package io.holdfast.core.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.CallCancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WaitingTest {
    /** Its waiter is interrupted, and before it can give up, the result is there. */
    private static final class Overtaken extends CompletableFuture<String> {
        @Override
        public String get() throws InterruptedException {
            complete("lease");
            throw new InterruptedException("planned");
        }
    }

    @Test
    void whatComesWhileItsWaiterIsInterruptedIsGivenBack() {
        List<String> givenBack = new ArrayList<>();
        assertThatThrownBy(() -> Waiting.awaitInterruptibly(Overtaken::new, givenBack::add))
                .isInstanceOf(InterruptedException.class);
        assertThat(givenBack).containsExactly("lease");
        assertThatThrownBy(() -> Waiting.awaitOrCancel(Overtaken::new, givenBack::add))
                .isInstanceOf(CallCancelledException.class);
        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        assertThat(givenBack).containsExactly("lease", "lease");
    }

    @Test
    void whatHasNotComeIsCancelled() {
        CompletableFuture<String> attempt = new CompletableFuture<>();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Waiting.awaitOrCancel(() -> attempt, late -> {}))
                .isInstanceOf(CallCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(attempt).isCancelled();
    }
}
