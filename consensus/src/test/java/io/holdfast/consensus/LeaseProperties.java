package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.session.GroupSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.jspecify.annotations.Nullable;

/** What is held, while answers are lost, nodes are cut off for longer than a session lives, and replicas begin anew. */
class LeaseProperties {
    private static final int CLIENTS = 5;

    @Property(tries = 12)
    void aLockHasOneHolderAndItsTokensGrow(@ForAll long seed) {
        new Run(seed, 1).go(1500);
    }

    @Property(tries = 8)
    void permitsAreNeverHeldTwice(@ForAll long seed) {
        new Run(seed, 3).go(1500);
    }

    @Tag("slow")
    @Property(tries = 300)
    void manyLocksHaveOneHolder(@ForAll long seed) {
        new Run(seed, 1).go(3000);
    }

    /** One client and what it has. */
    private static final class Client {
        final GroupSession session;
        final Semaphore semaphore;

        @Nullable CompletableFuture<Optional<Lease>> asks;

        @Nullable Lease lease;

        int permits;

        Client(GroupSession session, Semaphore semaphore) {
            this.session = session;
            this.semaphore = semaphore;
        }

        int held() {
            Lease mine = lease;
            return mine != null && mine.isHeld() ? permits : 0;
        }
    }

    private static final class Run {
        private final SimGroup group;
        private final SplittableRandom random;
        private final List<Client> clients = new ArrayList<>();
        private final int permits;
        private long lastToken;
        private int grants;

        Run(long seed, int permits) {
            this.group = new SimGroup(seed);
            this.random = new SplittableRandom(seed);
            this.permits = permits;
            for (int i = 0; i < CLIENTS; i++) {
                GroupSession session = group.lossySession(i % 2, random.nextLong());
                clients.add(new Client(session, group.consensus(session).semaphore("s", permits)));
            }
        }

        void go(int steps) {
            for (int step = 0; step < steps; step++) {
                act(clients.get(random.nextInt(CLIENTS)));
                for (int tick = random.nextInt(20); tick >= 0; tick--) {
                    group.advance(Duration.ofMillis(1));
                    check();
                }
                fault();
            }
            group.heal();
            assertThat(grants).as("grants").isPositive();
            everybodyGetsItsTurn();
        }

        private void everybodyGetsItsTurn() {
            for (Client client : clients) {
                group.await("the last claims", () -> {
                    collect(client);
                    return client.asks == null;
                });
                giveBack(client);
            }
            for (Client client : clients) {
                group.await("a lease for everybody", () -> {
                    act(client, permits, Duration.ofSeconds(60));
                    return client.lease != null;
                });
                giveBack(client);
            }
            clients.forEach(client -> client.session.close());
            group.agreed();
        }

        private void check() {
            clients.forEach(this::collect);
            assertThat(clients.stream().mapToInt(Client::held).sum())
                    .as("permits held")
                    .isLessThanOrEqualTo(permits);
        }

        private void collect(Client client) {
            CompletableFuture<Optional<Lease>> asks = client.asks;
            if (asks != null && asks.isDone()) {
                client.asks = null;
                if (!asks.isCompletedExceptionally() && asks.join().isPresent()) {
                    client.lease = asks.join().get();
                    grants++;
                    if (permits == 1 && client.lease.isHeld()) {
                        assertThat(client.lease.token()).isGreaterThan(lastToken);
                        lastToken = client.lease.token();
                    }
                }
            }
        }

        private void act(Client client) {
            if (client.asks != null && random.nextInt(20) == 0) {
                client.asks.cancel(false);
                client.asks = null;
            } else if (client.lease != null && random.nextInt(3) == 0) {
                giveBack(client);
            } else {
                act(client, 1 + random.nextInt(permits), Duration.ofMillis(random.nextInt(3) * 400L));
            }
        }

        private void act(Client client, int wanted, Duration wait) {
            collect(client);
            if (client.asks == null && client.lease == null) {
                client.permits = wanted;
                client.asks = client.semaphore.tryAcquireAsync(wanted, wait);
            }
        }

        private void giveBack(Client client) {
            if (client.lease != null) {
                client.lease.release();
                assertThat(client.lease.isHeld()).isFalse();
                client.lease = null;
            }
        }

        private void fault() {
            switch (random.nextInt(150)) {
                case 0, 1 -> group.isolate(random.nextInt(3));
                case 2, 3, 4 -> group.heal();
                case 5 -> group.restart(2);
                case 6 -> {
                    for (int i = random.nextInt(140); i >= 0; i--) {
                        group.advance(Duration.ofMillis(100));
                        check();
                    }
                }
                default -> {}
            }
        }
    }
}
