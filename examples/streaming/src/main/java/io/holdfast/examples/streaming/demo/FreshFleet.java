package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.ShutdownHook;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Gives nodes that have never run to something that is to be done with them, and takes all away afterwards, however that ends.
 *
 * @param env threads and clocks
 * @param screen is closed when the process is told to stop
 */
record FreshFleet(Environment env, Screen screen) {
    /**
     * Nodes that are not started yet.
     *
     * @param fleet the nodes
     * @param probe asks them
     * @param secrets what they share
     */
    record Given(Fleet fleet, ClusterProbe probe, FleetSecrets secrets) {}

    /**
     * Does something with a fleet.
     *
     * @param ports where the nodes listen
     * @param plan how they are configured
     * @param good whether nobody needs the nodes' logs
     * @param work what is done
     */
    <T> T use(List<NodePorts> ports, FleetPlan plan, Predicate<T> good, Function<Given, T> work) {
        FleetSecrets secrets = FleetSecrets.fresh();
        ExecutorService executor = env.threads().handlers("demo-probe", 16);
        ClusterProbe probe = new ClusterProbe(executor);
        RunDirectory directory = RunDirectory.create(
                Path.of(System.getProperty("demo.directory", System.getProperty("java.io.tmpdir"))));
        boolean clean = false;
        Fleet fleet = new Fleet(directory.path(), ports, secrets, plan, probe, env.clock());
        Registration hook = ShutdownHook.register("demo-stop", () -> {
            screen.close();
            fleet.stop();
            directory.delete();
        });
        try {
            T result = work.apply(new Given(fleet, probe, secrets));
            clean = good.test(result);
            return result;
        } finally {
            fleet.stop();
            hook.close();
            executor.shutdown();
            if (clean) {
                directory.delete();
            } else {
                System.err.println("demo: the nodes' logs are in " + directory.path() + " until the next start");
            }
        }
    }
}
