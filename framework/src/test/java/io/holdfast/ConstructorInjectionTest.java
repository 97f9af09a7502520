package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.Policies;
import io.holdfast.consensus.AtomicCounter;
import io.holdfast.consensus.AtomicRef;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.DistributedLock;
import io.holdfast.consensus.IdGenerator;
import io.holdfast.consensus.Latch;
import io.holdfast.consensus.LeaderElection;
import io.holdfast.consensus.ReadWriteLock;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Semaphore;
import io.holdfast.consensus.Topic;
import io.holdfast.consensus.WorkQueue;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.config.Default;
import io.holdfast.core.node.LaunchedNode;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.service.RemoteService;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Objects that a node makes itself. */
class ConstructorInjectionTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    record Title(String name) {}

    record PlayConfig(@Default("2") int streams, String region) {}

    @RemoteService("clock")
    interface Clock {
        String name();
    }

    @RemoteService("playback")
    interface Playback {
        String play(String title);
    }

    static final class ClockService implements Clock {
        private final NodeId node;

        @Inject
        ClockService(NodeId node) {
            this.node = node;
        }

        ClockService() {
            throw new AssertionError("not the one with @Inject");
        }

        @Override
        public String name() {
            return "clock of " + node;
        }
    }

    static final class PlaybackService implements Playback {
        private final ReplicatedMap<String, Title> titles;
        private final AtomicCounter plays;
        private final Clock clock;
        private final PlayConfig config;

        PlaybackService(
                @Named("titles") ReplicatedMap<String, Title> titles,
                @Named("plays") AtomicCounter plays,
                Clock clock,
                @Named("app.playback") PlayConfig config) {
            this.titles = titles;
            this.plays = plays;
            this.clock = clock;
            this.config = config;
        }

        @Override
        public String play(String title) {
            return titles.get(title).orElseThrow().name() + " for the " + plays.add(1) + ". time in " + config.region()
                    + " on " + config.streams() + " streams by the " + clock.name();
        }
    }

    @Test
    void aServiceIsGivenPrimitivesClientsAndConfigurationByItsConstructor() {
        try (HoldfastNode node = Holdfast.node("one")
                .consensus(true)
                .set("app.playback.region", "north")
                .start()
                .awaitReady(LIMIT)) {
            node.host(ClockService.class);
            PlaybackService made = node.host(PlaybackService.class);
            node.map("titles", String.class, Title.class).put("tt1", new Title("One"));
            String expected = "One for the %d. time in north on 2 streams by the clock of one";
            assertThat(node.client(Playback.class).play("tt1")).isEqualTo(expected, 1);
            assertThat(made.play("tt1")).isEqualTo(expected, 2);
        }
    }

    static final class Everything implements Clock {
        Everything(
                HoldfastNode node,
                NodeId id,
                Membership membership,
                ServiceDirectory directory,
                Policies policies,
                Telemetry telemetry,
                Configuration configuration,
                Consensus consensus,
                @Named("a") AtomicRef<Title> ref,
                @Named("b") IdGenerator ids,
                @Named("c") DistributedLock lock,
                @Named("d") ReadWriteLock locks,
                @Named("e") LeaderElection election,
                @Named("f") Latch latch,
                @Named("g") WorkQueue<Title> queue,
                @Named("h") Topic<Title> topic) {
            assertThat(node.id()).isEqualTo(id).isEqualTo(membership.self().id());
            assertThat(List.of(directory, policies, telemetry, configuration, consensus, locks))
                    .doesNotContainNull();
            ref.update(old -> java.util.Optional.of(new Title("x")));
            assertThat(ids.next()).isEqualTo(1);
            assertThat(lock.tryLock()).isPresent();
            assertThat(election.leader(ReadConsistency.LINEARIZABLE)).isEmpty();
            assertThat(latch.await(Duration.ofSeconds(20))).isTrue();
            queue.put(new Title("work"));
            assertThat(topic.append(new Title("news"))).isZero();
        }

        @Override
        public String name() {
            return "everything";
        }
    }

    @Test
    void allPartsOfANodeAndAllPrimitivesThatANameIsEnoughForAreGiven() {
        try (HoldfastNode node = Holdfast.node("one").consensus(true).start().awaitReady(LIMIT)) {
            LaunchedNode asTheTestKitSeesIt = node;
            asTheTestKitSeesIt.host(Everything.class);
            assertThat(node.client(Clock.class).name()).isEqualTo("everything");
        }
    }

    static final class Broken {
        Broken(
                ReplicatedMap<String, Title> nameless,
                @Named("raw") @SuppressWarnings("rawtypes") WorkQueue raw,
                @Named("deep") AtomicRef<List<Title>> deep,
                @Named("permits") Semaphore semaphore,
                @Named("one") NodeId named,
                Thread thread,
                @Named("app.absent") PlayConfig config,
                Runnable notAContract) {}
    }

    @Test
    void everyParameterThatFitsNothingIsNamedWithItsRuleAndRemedy() {
        try (HoldfastNode node = Holdfast.node("one").consensus(true).start().awaitReady(LIMIT)) {
            assertThatThrownBy(() -> node.host(Broken.class))
                    .isInstanceOf(InvalidContractException.class)
                    .hasMessageContaining(Broken.class.getName() + " has 8 parameters that nothing fits")
                    .hasMessageContaining("Broken, parameter 1 (ReplicatedMap")
                    .hasMessageContaining("it has no name; write @jakarta.inject.Named")
                    .hasMessageContaining("WorkQueue does not name what it holds by classes")
                    .hasMessageContaining("put what is generic itself into a record")
                    .hasMessageContaining("a Semaphore needs a number besides its name")
                    .hasMessageContaining("@Named(\"one\") does not change; remove the annotation")
                    .hasMessageContaining("a node has none; it has BrownOut, Configuration, Entities, HoldfastNode")
                    .hasMessageContaining("app.absent.region");
        }
    }

    static final class Torn {
        Torn() {}

        Torn(NodeId id) {}
    }

    static final class Failing {
        Failing() throws Exception {
            throw new Exception("planned");
        }
    }

    abstract static class Unfinished {}

    @Test
    void aClassThatCannotBeMadeIsRefusedWithTheRemedyAlsoWithoutConsensus() {
        try (HoldfastNode node = Holdfast.node("plain").start()) {
            assertThatThrownBy(() -> node.host(Torn.class))
                    .hasMessageContaining("2 constructors, 0 of them with @jakarta.inject.Inject");
            assertThatThrownBy(() -> node.host(Unfinished.class)).hasMessageContaining("abstract");
            assertThatThrownBy(() -> node.host(Failing.class)).hasMessageContaining("planned");
            assertThatThrownBy(() -> node.host(PlaybackService.class))
                    .hasMessageContaining("parameter 1 (ReplicatedMap")
                    .hasMessageContaining("holdfast.consensus.enabled=true")
                    .hasMessageContaining("app.playback.region");
        }
    }
}
