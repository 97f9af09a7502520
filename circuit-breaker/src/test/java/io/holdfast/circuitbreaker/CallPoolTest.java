package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Turns of a pool, on a thread that is played. */
class CallPoolTest {
    /** Runs what it is given at once, as often as it may. */
    static final class Played extends AbstractExecutorService implements Threads {
        int may = Integer.MAX_VALUE;
        private boolean shutdown;

        @Override
        public void execute(Runnable task) {
            if (shutdown || may == 0) {
                throw new RejectedExecutionException(shutdown ? "shut down" : "no place");
            }
            may--;
            task.run();
        }

        @Override
        public ExecutorService handlers(String name, int maxConcurrent) {
            shutdown = false;
            return this;
        }

        @Override
        public Thread start(String name, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ExecutorService serial(String name, int capacity) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return shutdown;
        }
    }

    private final Played threads = new Played();
    private final CallPool pool = new CallPool("catalog", 1, threads);
    private final List<String> log = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();

    private CallPool.Turn turn(String name, boolean overAtOnce) {
        return new CallPool.Turn() {
            @Override
            public void run(Runnable over) {
                log.add(name);
                if (overAtOnce) {
                    over.run();
                } else {
                    ends.add(over);
                }
            }

            @Override
            public void refused(HoldfastException error) {
                assertThat(error)
                        .isInstanceOf(BulkheadFullException.class)
                        .hasMessageContaining("the bulkhead of policy catalog has no thread")
                        .hasMessageContaining("nothing was done");
                log.add(name + " refused");
            }
        };
    }

    @Test
    void turnsThatGetNoThreadAreRefusedAndThePlaceIsFreeAgain() {
        pool.submit(turn("a", false));
        pool.submit(turn("b", false));
        pool.submit(turn("c", false));
        threads.may = 0;
        ends.get(0).run();
        assertThat(log).containsExactly("a", "b refused", "c refused");
        pool.submit(turn("d", false));
        threads.may = 1;
        pool.submit(turn("e", false));
        assertThat(log).endsWith("d refused", "e");
    }

    @Test
    void aTurnThatIsOverWhenItsThreadReturnsHandsTheThreadOn() {
        threads.may = 1;
        CallPool.Turn first = turn("a", true);
        pool.submit(new CallPool.Turn() {
            @Override
            public void run(Runnable over) {
                pool.submit(first);
                pool.submit(turn("b", true));
                over.run();
                assertThat(log).isEmpty();
            }

            @Override
            public void refused(HoldfastException error) {
                throw error;
            }
        });
        assertThat(log).containsExactly("a", "b");
    }

    @Test
    void anInterruptThatATurnLeavesBehindIsNotMeantForTheNext() {
        pool.submit(new CallPool.Turn() {
            @Override
            public void run(Runnable over) {
                pool.submit(new CallPool.Turn() {
                    @Override
                    public void run(Runnable own) {
                        log.add("interrupted: " + Thread.currentThread().isInterrupted());
                        own.run();
                    }

                    @Override
                    public void refused(HoldfastException error) {
                        throw error;
                    }
                });
                over.run();
                Thread.currentThread().interrupt();
            }

            @Override
            public void refused(HoldfastException error) {
                throw error;
            }
        });
        assertThat(Thread.interrupted()).isFalse();
        assertThat(log).containsExactly("interrupted: false");
    }

    @Test
    void aCallThatComesAfterThePoolWasClosedHasItsTurn() {
        pool.submit(turn("a", true));
        pool.close();
        assertThat(threads.shutdown).isTrue();
        pool.submit(turn("b", true));
        assertThat(log).containsExactly("a", "b");
        assertThat(threads.shutdown).as("its thread ends with it").isTrue();
    }
}
