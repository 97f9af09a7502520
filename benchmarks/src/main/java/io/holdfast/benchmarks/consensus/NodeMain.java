package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.ParentLines;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** A server's JVM: one node of one peer. The line {@code role} of the driver is answered with the node's role, {@code term} with its group's term, {@code heap} with the heap that is used after a collection, {@code backup} with the size of one once it is written; the end of its lines ends the process. */
final class NodeMain {
    private NodeMain() {}

    /** Arguments: peer, index, ports of all nodes, directory. */
    public static void main(String[] arguments) {
        try {
            serve(arguments);
        } catch (Exception e) {
            LoggerFactory.getLogger(NodeMain.class).error("the node ends", e);
        }
        Runtime.getRuntime().halt(0); // the run is over, and some peers take long to say goodbye
    }

    private static long usedMebibytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    private static void serve(String[] arguments) throws Exception {
        KvNode node = Peers.named(arguments[0])
                .serve(new NodePlan(
                        Integer.parseInt(arguments[1]), NodePorts.parse(arguments[2]), Path.of(arguments[3])));
        ParentLines parent = new ParentLines();
        ParentLines.say("ready " + node.pid());
        for (String line = parent.next(); line != null; line = parent.next()) {
            switch (line) {
                case "role" -> ParentLines.say("role " + node.role().name().toLowerCase(Locale.ROOT));
                case "heap" -> ParentLines.say("heap " + usedMebibytes());
                case "term" -> ParentLines.say("term " + node.term());
                case "backup" -> ParentLines.say("backup " + node.backup());
                default -> throw new IllegalArgumentException("line (" + line + ") must be role, term, heap or backup");
            }
        }
        node.close();
    }
}
