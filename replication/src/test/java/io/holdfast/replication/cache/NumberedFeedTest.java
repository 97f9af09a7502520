package io.holdfast.replication.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a feed of numbered messages has told all, and when it has lost something. */
class NumberedFeedTest {
    private final List<String> heard = new ArrayList<>();
    private final List<CompletableFuture<Long>> questions = new ArrayList<>();
    private final NumberedFeed<String> feed = new NumberedFeed<>(
            new ChangeListener<>() {
                @Override
                public void changed(String key, long revision) {
                    heard.add(key + revision);
                }

                @Override
                public void gap() {
                    heard.add("gap");
                }
            },
            () -> {
                CompletableFuture<Long> question = new CompletableFuture<>();
                questions.add(question);
                return question;
            });

    private CompletableFuture<Void> settle() {
        return feed.settle().toCompletableFuture();
    }

    private void answer(int question, long position) {
        questions.get(question).complete(position);
    }

    private void begin() {
        settle();
        answer(0, 0);
        heard.clear();
    }

    @Test
    void itBeginsWithAGapAndThenHasToldAll() {
        CompletableFuture<Void> first = settle();
        answer(0, 7);
        assertThat(first).isCompleted();
        assertThat(heard).containsExactly("gap");
    }

    @Test
    void numbersOfASourceThatIsNoMoreDoNotStandForThoseOfTheNewOne() {
        begin();
        feed.received(1, "a", 1);
        feed.received(2, "b", 2);
        feed.received(3, "c", 3);
        feed.received(6, "f", 6); // ahead, of the old source
        settle();
        answer(1, 2); // it began anew
        feed.received(3, "c", 13);
        feed.received(4, "d", 14);
        feed.received(5, "e", 15);
        CompletableFuture<Void> all = settle();
        answer(2, 6);
        assertThat(all).isNotDone();
        feed.received(6, "f", 16);
        assertThat(all).isCompleted();
    }

    @Test
    void whatIsLateOrOutOfOrderIsWaitedFor() {
        begin();
        CompletableFuture<Void> all = settle();
        answer(1, 3);
        feed.received(3, "c", 3);
        feed.received(1, "a", 1);
        feed.received(1, "a", 1);
        assertThat(all).isNotDone();
        feed.received(2, "b", 2);
        assertThat(all).isCompleted();
        assertThat(heard).containsExactly("c3", "a1", "a1", "b2");
    }

    @Test
    void whatIsMissingAtTheSecondQuestionIsLost() {
        begin();
        feed.received(1, "a", 1);
        CompletableFuture<Void> all = settle();
        CompletableFuture<Void> asWell = settle();
        answer(1, 2);
        answer(2, 2);
        assertThat(heard).as("both were asked at the same time").containsExactly("a1");
        settle();
        answer(3, 3);
        assertThat(heard).containsExactly("a1", "gap");
        assertThat(all).isCompleted();
        assertThat(asWell).isCompleted();
        feed.received(4, "d", 4);
        CompletableFuture<Void> next = settle();
        answer(4, 4);
        assertThat(next).as("whole again from there on").isCompleted();
        assertThat(heard).containsExactly("a1", "gap", "d4");
    }

    @Test
    void aSourceThatBeginsAnewIsAGap() {
        begin();
        feed.received(1, "a", 1);
        feed.received(2, "b", 2);
        settle();
        answer(1, 0);
        assertThat(heard).containsExactly("a1", "b2", "gap");
        feed.received(1, "c", 9);
        CompletableFuture<Void> next = settle();
        answer(2, 1);
        assertThat(next).isCompleted();
    }

    @Test
    void moreMessagesAheadOfAMissingOneThanTheBoundMakeAGap() {
        begin();
        int last = NumberedFeed.MAX_AHEAD + 10;
        for (int i = 2; i <= last; i++) {
            feed.received(i, "k", i);
        }
        feed.received(1, "k", 1);
        settle();
        answer(1, last);
        settle();
        answer(2, last);
        assertThat(heard).contains("gap");
        CompletableFuture<Void> next = settle();
        answer(3, last);
        assertThat(next).isCompleted();
    }
}
