package io.holdfast.benchmarks.membership;

import io.holdfast.benchmarks.membership.MemberFactory.ClusterMember;
import io.holdfast.benchmarks.run.ParentLines;
import java.util.ArrayList;
import java.util.List;

/** Says {@code all <n>} once each time that every member of this process has come to see the n members that were asked for. Safe for use by many threads. */
final class ViewWatch {
    private final List<ClusterMember> members = new ArrayList<>();
    private int expected;
    private int wanted;

    /** Waits for so many members in this process, each seeing so many. */
    synchronized void expect(int membersHere, int each) {
        expected = membersHere;
        wanted = each;
        check();
    }

    synchronized void add(ClusterMember member) {
        members.add(member);
        check();
    }

    /** A view has changed. */
    synchronized void check() {
        if (wanted == 0 || members.size() < expected) {
            return;
        }
        for (ClusterMember member : members) {
            if (member.size() != wanted) {
                return;
            }
        }
        ParentLines.say("all " + wanted);
        wanted = 0;
    }
}
