package io.holdfast.testkit.sim;

import io.holdfast.core.fault.Fault;
import java.time.Duration;

/** What a {@link Fault} means in a simulated world. */
final class SimFaults {
    private SimFaults() {}

    static void node(SimWorld<?, ?, ?, ?, ?> world, String name, Fault fault) {
        SimNode<?, ?, ?, ?, ?> node = world.node(name);
        if (fault instanceof Fault.Pause pause) {
            node.pause();
            world.after(pause.duration(), node::resume);
        } else if (fault instanceof Fault.Kill) {
            node.kill();
        } else {
            world.network().names().stream()
                    .filter(other -> !other.equals(name))
                    .forEach(other -> link(world, name, other, fault));
        }
    }

    static void link(SimWorld<?, ?, ?, ?, ?> world, String a, String b, Fault fault) {
        if (fault instanceof Fault.Latency latency) {
            world.network().between(a, b, LinkFaults.lan().withDelay(latency.delay(), Duration.ZERO));
        } else if (fault instanceof Fault.Drop) {
            world.network().cut(a, b);
        } else {
            throw new IllegalArgumentException("fault (" + fault + ") cannot hit the link between " + a + " and " + b
                    + ": a link delays (Latency) or loses (Drop); a node also stands (Pause) or ends (Kill)");
        }
    }
}
