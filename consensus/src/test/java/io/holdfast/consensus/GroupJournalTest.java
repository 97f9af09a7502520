package io.holdfast.consensus;

import io.holdfast.consensus.primitive.JournalType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.state.Command;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.testkit.contract.JournalCluster;
import io.holdfast.testkit.contract.ReplicatedJournalContract;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** The contract of the journal, on replicas and sessions in virtual time. */
class GroupJournalTest extends ReplicatedJournalContract {
    private final SimGroup group = new SimGroup(5);

    @Override
    protected JournalCluster start() {
        group.done(group.log(0).propose(new Command.Raise(JournalType.LEVEL).encode(), Deadline.NONE));
        List<GroupSession> sessions =
                IntStream.range(0, 3).mapToObj(group::session).toList();
        List<ReplicatedJournal> journals = sessions.stream()
                .map(session -> group.consensus(session).journal("records"))
                .toList();
        return new JournalCluster() {
            @Override
            public ReplicatedJournal journal(int node) {
                return journals.get(node);
            }

            @Override
            public MonotonicClock clock() {
                return group.environment().clock();
            }

            @Override
            public void changeLeader() {
                group.changeLeader();
            }

            @Override
            public void isolate(int node) {
                group.isolate(node);
            }

            @Override
            public void heal() {
                group.heal();
            }

            @Override
            public void close() {
                sessions.forEach(GroupSession::close);
            }
        };
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        group.await(what, condition);
    }
}
