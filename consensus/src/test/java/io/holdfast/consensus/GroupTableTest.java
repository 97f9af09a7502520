package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.testkit.contract.ReplicatedTableContract;
import io.holdfast.testkit.contract.TableCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of the table, on replicas and sessions in virtual time. */
class GroupTableTest extends ReplicatedTableContract {
    private final SimGroup group = new SimGroup(5);

    @Override
    protected TableCluster start() {
        List<GroupSession> sessions =
                IntStream.range(0, 3).mapToObj(group::session).toList();
        List<ReplicatedTable> tables = sessions.stream()
                .map(session -> group.consensus(session).table("rows"))
                .toList();
        return new TableCluster() {
            @Override
            public ReplicatedTable table(int node) {
                return tables.get(node);
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

    @Test
    void aTableIsTheMapOfItsName() {
        Consensus consensus = group.consensus(group.session(0));
        ReplicatedTable table = consensus.table("titles");
        ReplicatedMap<String, String> map = consensus.map("titles", String.class, String.class);
        byte[] value = "Solaris".getBytes(StandardCharsets.UTF_8);
        group.done(table.commit(List.of(), List.of(Change.put("lem", value)), in(Duration.ofSeconds(5))));
        assertThat(group.done(map.getAsync("lem"))).contains("Solaris");
        Written<String> written = group.done(map.putAsync("lem", "Eden"));
        ReplicatedTable.Row row = group.done(table.get("lem", ReadConsistency.LINEARIZABLE, in(Duration.ofSeconds(5))))
                .orElseThrow();
        assertThat(row.version()).isEqualTo(2);
        assertThat(row.modified()).isEqualTo(written.revision());
    }

    private Deadline in(Duration time) {
        return Deadline.after(group.environment().clock().nanoTime(), time);
    }

    @Test
    void aTableWhoseNameIsTooLongIsRefused() {
        Consensus consensus = group.consensus(group.session(0));
        assertThatThrownBy(() -> consensus.table("x".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("between 1 and 64");
        assertThatThrownBy(() -> consensus.table("")).isInstanceOf(IllegalArgumentException.class);
    }
}
