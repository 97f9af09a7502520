package io.holdfast.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.CircuitBreaker;
import io.holdfast.core.Deadline;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.service.RemoteServiceException;
import io.holdfast.sharding.entity.EntityState;
import java.io.Serial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What users write of entities, on an owner in memory. */
class EntitiesTest {
    private final OneOwner owner = new OneOwner();

    record Line(String title, long cents) {}

    record CartState(List<Line> lines) {}

    static final class CartFull extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        private final int most;

        CartFull(int most) {
            super("a cart holds " + most);
            this.most = most;
        }

        int most() {
            return most;
        }
    }

    interface Cart {
        void add(Line line) throws CartFull;

        List<Line> lines();

        CompletionStage<Long> total();

        void fail(String how);

        String who();

        default int size() {
            return lines().size();
        }
    }

    @ShardedEntity("cart")
    static final class CartEntity implements Cart, AutoCloseable {
        static final List<String> closed = new ArrayList<>();
        private final String id;
        private final NodeId node;
        private final EntityState<CartState> state;
        private final Reminders reminders;

        CartEntity(@EntityKey String id, EntityState<CartState> state, NodeId node, Reminders reminders) {
            this.id = id;
            this.state = state;
            this.node = node;
            this.reminders = reminders;
        }

        @Override
        public void add(Line line) throws CartFull {
            List<Line> all = new ArrayList<>(lines());
            all.add(line);
            state.set(new CartState(all));
            reminders.remind("abandoned", Duration.ofDays(1));
            if (all.size() > 2) {
                throw new CartFull(2);
            }
        }

        @Override
        public List<Line> lines() {
            return state.get().map(CartState::lines).orElse(List.of());
        }

        @Override
        public CompletionStage<Long> total() {
            return CompletableFuture.completedFuture(
                    lines().stream().mapToLong(Line::cents).sum());
        }

        @Override
        public void fail(String how) {
            state.set(new CartState(List.of()));
            if (how.equals("remote")) {
                throw new UnknownOutcomeException("said below");
            }
            throw new IllegalStateException(how);
        }

        @Override
        public String who() {
            return id + " on " + node;
        }

        @OnReminder
        private void abandoned(String name) {
            state.set(new CartState(List.of(new Line("reminded of " + name, 0))));
        }

        @Override
        public void close() {
            closed.add(id);
        }
    }

    @Test
    void anEntityIsCalledByItsInterfaceAndKeepsItsStateWhenItLeavesTheMemory() throws Exception {
        owner.entities.host(CartEntity.class);
        Cart cart = owner.entities.ref(Cart.class, "cart-42");
        cart.add(new Line("tt1", 999));
        cart.add(new Line("tt2", 1));
        assertThat(cart.who()).isEqualTo("cart-42 on n1");
        owner.passivate();
        assertThat(CartEntity.closed).contains("cart-42");
        assertThat(cart.lines()).containsExactly(new Line("tt1", 999), new Line("tt2", 1));
        assertThat(cart.total().toCompletableFuture().join()).isEqualTo(1000);
        assertThat(cart.size()).as("a default method runs at the caller").isEqualTo(2);
        assertThat(owner.entities.ref(Cart.class, "cart-43").lines()).isEmpty();
    }

    @Test
    void whatTheContractDeclaresArrivesAsItselfAndTakesTheChangesBack() throws Exception {
        owner.entities.host(CartEntity.class);
        Cart cart = owner.entities.ref(Cart.class, "full");
        cart.add(new Line("tt1", 1));
        cart.add(new Line("tt2", 2));
        assertThatThrownBy(() -> cart.add(new Line("tt3", 3)))
                .isInstanceOfSatisfying(
                        CartFull.class, full -> assertThat(full.most()).isEqualTo(2));
        assertThat(cart.size()).isEqualTo(2);
    }

    @Test
    void whatItDoesNotDeclareArrivesAsARemoteFailureThatNamesTheEntityAndTakesTheChangesBack() throws Exception {
        owner.entities.host(CartEntity.class);
        Cart cart = owner.entities.ref(Cart.class, "c");
        cart.add(new Line("tt1", 1));
        assertThatThrownBy(() -> cart.fail("torn")).isInstanceOfSatisfying(RemoteServiceException.class, failure -> {
            assertThat(failure.remoteType()).isEqualTo(IllegalStateException.class.getName());
            assertThat(failure).hasMessage("cart/fail failed at entity cart/c: torn");
            assertThat(failure.correlationId()).hasSize(32);
        });
        assertThatThrownBy(() -> cart.fail("remote"))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessage("said below");
        assertThat(cart.size()).isEqualTo(1);
    }

    @Test
    void aReminderCallsTheMethodForIt() throws Exception {
        owner.entities.host(CartEntity.class);
        Cart cart = owner.entities.ref(Cart.class, "c");
        cart.add(new Line("tt1", 1));
        assertThat(owner.reminders).containsEntry("abandoned", Duration.ofDays(1));
        owner.entity("cart", "c").remind("abandoned");
        assertThat(cart.lines()).containsExactly(new Line("reminded of abandoned", 0));
    }

    @Test
    void aCallIsBoundedByTheCallersDeadlineOrTheClientsTimeoutAndMeasuredOnBothSides() throws Exception {
        owner.entities.host(CartEntity.class);
        Cart cart = owner.entities.ref(Cart.class, "c");
        long now = owner.environment.clock().nanoTime();
        cart.lines();
        assertThat(owner.last().deadline()).isEqualTo(Deadline.after(now, Duration.ofSeconds(2)));
        Deadline sooner = Deadline.after(now, Duration.ofMillis(300));
        CallContext.EMPTY.withDeadline(sooner).call(cart::lines);
        assertThat(owner.last().deadline()).isEqualTo(sooner);
        for (String metric : List.of("rpc.client.call.duration", "rpc.server.call.duration")) {
            assertThat(owner.meters
                            .get(metric)
                            .tag("rpc.method", "cart/lines")
                            .tag("rpc.response.status_code", "OK")
                            .timer()
                            .count())
                    .as(metric)
                    .isEqualTo(2);
        }
    }

    @Test
    void aKindThatNobodyHostsAndAKeyOutOfBoundsAreRefused() {
        Cart cart = owner.entities.ref(Cart.class, "c");
        assertThatThrownBy(cart::lines).isInstanceOf(UnavailableException.class).hasMessageContaining("cart");
        assertThatThrownBy(() -> cart.total().toCompletableFuture().join())
                .hasCauseInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> owner.entities.ref(Cart.class, "")).hasMessageContaining("between 1 and 512");
        assertThatThrownBy(() -> owner.entities.ref(Cart.class, "ä".repeat(257)))
                .hasMessageContaining("(514) must be between");
    }

    @Test
    void refsToTheSameEntityAreEqualAndSayWhatTheyAre() {
        Cart cart = owner.entities.ref(Cart.class, "c");
        assertThat(cart)
                .isEqualTo(owner.entities.ref(Cart.class, "c"))
                .hasSameHashCodeAs(owner.entities.ref(Cart.class, "c"))
                .isNotEqualTo(owner.entities.ref(Cart.class, "d"))
                .hasToString("entity cart/c");
    }

    interface Visits {
        int visit();
    }

    record VisitsV1(String count) {}

    record VisitsState(int count) {}

    @ShardedEntity("visits")
    static final class FirstVisits implements Visits {
        private final EntityState<VisitsV1> state;

        FirstVisits(EntityState<VisitsV1> state) {
            this.state = state;
        }

        @Override
        public int visit() {
            int next = Integer.parseInt(state.get().map(VisitsV1::count).orElse("0")) + 1;
            state.set(new VisitsV1(Integer.toString(next)));
            return next;
        }
    }

    @ShardedEntity(value = "visits", stateVersion = 2)
    static final class NextVisits implements Visits {
        private final EntityState<VisitsState> state;

        NextVisits(EntityState<VisitsState> state) {
            this.state = state;
        }

        @FromVersion(1)
        static VisitsState of(VisitsV1 old) {
            return new VisitsState(Integer.parseInt(old.count()));
        }

        @Override
        public int visit() {
            int next = state.get().map(VisitsState::count).orElse(0) + 1;
            state.set(new VisitsState(next));
            return next;
        }
    }

    @Test
    void aStateOfAnEarlierVersionIsReadByItsMigration() {
        Visits visits = owner.entities.ref(Visits.class, "v");
        owner.entities.host(FirstVisits.class);
        assertThat(visits.visit()).isEqualTo(1);
        owner.passivate();
        owner.entities.host(NextVisits.class);
        assertThat(visits.visit()).isEqualTo(2);
        assertThat(visits.visit()).isEqualTo(3);
    }

    interface PlaybackHTTPSession {}

    @ShardedEntity("basket")
    interface Shop {}

    @Test
    void anInterfaceNamesTheKindBySimpleNameOrAnnotation() {
        assertThat(EntityContracts.nameOf(Cart.class)).isEqualTo("cart");
        assertThat(EntityContracts.nameOf(PlaybackHTTPSession.class)).isEqualTo("playback-http-session");
        assertThat(EntityContracts.nameOf(Shop.class)).isEqualTo("basket");
    }

    interface Broken {
        void take(Object anything);
    }

    @ShardedEntity(value = "broken", idle = "soon", stateVersion = 0)
    static final class BrokenEntity implements Broken {
        @SuppressWarnings("rawtypes")
        BrokenEntity(@EntityKey long id, EntityState raw, EntityState<CartState> other, Thread thread) {}

        @Override
        public void take(Object anything) {}

        @OnReminder
        int remind() {
            return 0;
        }

        @FromVersion(3)
        CartState of(CartState old) {
            return old;
        }
    }

    interface Guarded {
        @CircuitBreaker(perInstance = true)
        String get();
    }

    @ShardedEntity("order")
    static final class OrderEntity implements Cart {
        OrderEntity(Reminders reminders) {}

        @Override
        public void add(Line line) {}

        @Override
        public List<Line> lines() {
            return List.of();
        }

        @Override
        public CompletionStage<Long> total() {
            return CompletableFuture.completedFuture(0L);
        }

        @Override
        public void fail(String how) {}

        @Override
        public String who() {
            return "";
        }
    }

    @Test
    void everyMistakeOfAClassIsReportedAtOnceWithPlaceAndFix() {
        assertThatThrownBy(() -> owner.entities.host(BrokenEntity.class))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContainingAll(
                        "entity class " + BrokenEntity.class.getName() + " breaks 8 rules",
                        "Broken.take(Object): ",
                        "@ShardedEntity: idle (soon) must be a duration such as",
                        "@ShardedEntity: stateVersion (0) must be between 1 and",
                        "parameter 4 (Thread",
                        "a node has none; it has NodeId",
                        "constructor: @EntityKey is on a long; a key is a String",
                        "constructor: it asks for 2 states",
                        "constructor: EntityState does not name what it holds; write EntityState<CartState>",
                        "BrokenEntity.remind: a method with @OnReminder takes a String");
        assertThatThrownBy(() -> owner.entities.host(OrderEntity.class))
                .hasMessageContainingAll(
                        "no interface of it names kind order",
                        "it has Cart (cart); annotate the one that callers use with @ShardedEntity(\"order\") too",
                        "it asks for Reminders, and no method is reminded");
        assertThatThrownBy(() -> owner.entities.host(Cart.class)).hasMessageContaining("annotate the class");
        assertThatThrownBy(() -> owner.entities.ref(CartEntity.class, "c"))
                .hasMessageContaining("callers use an interface");
        assertThatThrownBy(() -> owner.entities.ref(Broken.class, "c"))
                .hasMessageContaining("entity contract " + Broken.class.getName() + " breaks 1 rule:");
        assertThatThrownBy(() -> owner.entities.ref(Guarded.class, "c"))
                .hasMessageContaining("guarded/get has a circuit breaker per instance");
        assertThat(owner.types).isEmpty();
    }
}
