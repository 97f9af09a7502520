package io.holdfast.benchmarks.membership;

import com.sun.management.OperatingSystemMXBean;
import io.holdfast.benchmarks.membership.MemberFactory.ClusterMember;
import io.holdfast.benchmarks.run.ParentLines;
import java.lang.management.ManagementFactory;

/**
 * A JVM with members. Lines of the driver: {@code start <prefix> <count> <seed or -> <n>} starts members and says {@code all n} when all see n; {@code expect <n>} says it again later;
 * {@code cpu} says the CPU time used so far.
 */
final class MembersMain {
    private final MemberFactory factory;
    private final ViewWatch watch = new ViewWatch();
    private int started;

    private MembersMain(MemberFactory factory) {
        this.factory = factory;
    }

    /** Argument: which peer. */
    public static void main(String[] arguments) throws Exception {
        MembersMain members = new MembersMain(Factories.named(arguments[0]));
        ParentLines parent = new ParentLines();
        ParentLines.say("ready");
        for (String line = parent.next(); line != null; line = parent.next()) {
            members.obey(line.split(" ", -1));
        }
        Runtime.getRuntime().halt(0); // no goodbye: the run is over
    }

    private void obey(String[] words) throws Exception {
        switch (words[0]) {
            case "start" ->
                start(
                        words[1],
                        Integer.parseInt(words[2]),
                        words[3].equals("-") ? "" : words[3],
                        Integer.parseInt(words[4]));
            case "expect" -> watch.expect(started, Integer.parseInt(words[1]));
            case "cpu" -> ParentLines.say("cpu " + cpuNanos());
            default -> throw new IllegalArgumentException("line (" + words[0] + ") must be start, expect or cpu");
        }
    }

    private void start(String prefix, int count, String givenSeed, int wanted) throws Exception {
        started += count;
        watch.expect(started, wanted);
        String seed = givenSeed;
        ParentLines.say("starting");
        for (int i = 0; i < count; i++) {
            ClusterMember member = factory.start(prefix + i, seed, watch::check);
            if (seed.isEmpty()) {
                seed = member.address();
                ParentLines.say("seed " + seed);
            }
            watch.add(member);
        }
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
