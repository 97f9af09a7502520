package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The owner dies, or is paused while another takes over, at an event of the life of a saga: before and after each commit of an intent, each effect, each commit of a result. Every 37th event here, each of them
 * in {@link SagaBoundariesNightlyTest}.
 */
@Tag("slow")
class SagaBoundariesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    int stride() {
        return 37;
    }

    @ParameterizedTest
    @CsvSource({"order,kill", "order,pause", "bundle,kill", "bundle,pause", "letter,kill", "letter,pause"})
    void anOwnerMayFailAtAnyEventOfASagaThatCompletes(String definition, String fault) {
        SagaView.Status status = atEachEvent(definition, fault, sim -> {});
        assertThat(status).isEqualTo(SagaView.Status.COMPLETED);
    }

    @ParameterizedTest
    @CsvSource({
        "order,finish,kill",
        "order,finish,pause",
        "order,gift,kill",
        "bundle,insure,kill",
        "bundle,there/ticket,pause",
        "letter,file,kill"
    })
    void anOwnerMayFailAtAnyEventOfASagaThatIsTakenBack(String definition, String refused, String fault) {
        SagaView.Status status = atEachEvent(definition, fault, sim -> sim.bank.refuse("trip/" + refused));
        assertThat(status).isEqualTo(SagaView.Status.COMPENSATED);
    }

    @Test
    void theLifeOfASagaHasEnoughEventsForThis() {
        assertThat(events(run("order", "none", 0, sim -> {}))).isGreaterThan(100);
    }

    private SagaView.Status atEachEvent(String definition, String fault, Consumer<SagaSim> setUp) {
        SagaSim quiet = run(definition, "none", 0, setUp);
        long last = events(quiet);
        for (long at = 0; at < last; at += stride()) {
            try {
                run(definition, fault, at, setUp);
            } catch (AssertionError e) {
                throw new AssertionError(definition + ", " + fault + " at event " + at + ": " + e.getMessage(), e);
            }
        }
        return quiet.over.get("trip").status();
    }

    private long begun;
    private long ended;

    private long events(SagaSim quiet) {
        assertThat(quiet.over).hasSize(1);
        return ended - begun;
    }

    private SagaSim run(String definition, String fault, long at, Consumer<SagaSim> setUp) {
        SagaSim sim = new SagaSim(1, new SagaRules(), false);
        setUp.accept(sim);
        sim.world.advance(Duration.ofMillis(300));
        begun = sim.world.events();
        sim.start(
                "trip",
                sim.trips.all().stream()
                        .filter(each -> each.name().equals(definition))
                        .findFirst()
                        .orElseThrow());
        sim.signalUntilTold("trip", 100);
        if (!fault.equals("none")) {
            sim.world.runUntil(() -> sim.world.events() >= begun + at, LIMIT);
            String owner = sim.ownerOf("trip");
            if (fault.equals("kill")) {
                sim.world.node(owner).kill();
            } else {
                sim.world.node(owner).pause();
                sim.world.after(
                        Duration.ofMillis(900), () -> sim.world.node(owner).resume());
            }
        }
        sim.look();
        sim.world.runUntil(() -> sim.over.containsKey("trip"), LIMIT);
        ended = sim.world.events();
        sim.world.advance(Duration.ofSeconds(2));
        new SagaJudge(sim).judge();
        return sim;
    }
}
