package io.holdfast.sharding.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What really happened to the ticks of a job, beside what its row told over time. */
final class TickLog {
    final String job;
    final Schedule schedule;
    private final Map<Instant, List<String>> begun = new TreeMap<>();
    private final TreeMap<Instant, Long> epochs = new TreeMap<>();
    private final Map<Instant, List<Long>> effects = new HashMap<>();
    private final List<JobEvent> events = new ArrayList<>();
    private final Map<JobEvent, Long> seenAt = new HashMap<>();
    private Optional<Instant> since = Optional.empty();
    private Optional<JobRecord> last = Optional.empty();
    private Optional<AssertionError> wrong = Optional.empty();
    private long modified;
    private boolean frozen;

    TickLog(String job, Schedule schedule) {
        this.job = job;
        this.schedule = schedule;
    }

    void begun(Instant tick, NodeId node, Epoch epoch) {
        begun.computeIfAbsent(tick, any -> new ArrayList<>()).add(node + "@" + epoch);
        epochs.put(tick, epoch.value());
    }

    /** A row of the effect log, written under the fence. */
    void effect(Instant tick, long revision) {
        effects.computeIfAbsent(tick, any -> new ArrayList<>()).add(revision);
    }

    void row(ReplicatedTable.Row row) {
        if (frozen || row.modified() <= modified) {
            return; // two reads may overtake each other
        }
        modified = row.modified();
        try {
            read(row);
        } catch (AssertionError e) {
            wrong = wrong.or(() -> Optional.of(e));
        }
    }

    private void read(ReplicatedTable.Row row) {
        JobRecord record = JobRecordCodec.decode(row.value());
        since = since.or(() -> Optional.of(
                record.history().isEmpty() && record.running().isEmpty()
                        ? record.through()
                        : record.history().stream()
                                .findFirst()
                                .map(JobEvent::tick)
                                .orElseGet(record::through)
                                .minusMillis(1)));
        last.ifPresent(before ->
                assertThat(record.through()).as("%s was decided on up to", job).isAfterOrEqualTo(before.through()));
        List<JobEvent> history = record.history();
        int known = events.isEmpty() ? -1 : history.lastIndexOf(events.get(events.size() - 1));
        assertThat(events.isEmpty() || known >= 0)
                .as("%s: the last known event still stands in the history", job)
                .isTrue();
        for (JobEvent event : history.subList(known + 1, history.size())) {
            events.add(event);
            seenAt.put(event, row.modified());
        }
        last = Optional.of(record);
    }

    /** What comes from now on is not looked at. */
    void freeze() {
        frozen = true;
    }

    JobRecord last() {
        return last.orElseThrow();
    }

    List<JobEvent> events() {
        return events;
    }

    Map<Instant, List<String>> begun() {
        return begun;
    }

    /** Each tick once, and as it was told. */
    void check() {
        wrong.ifPresent(error -> {
            throw error;
        });
        begun.forEach((tick, where) ->
                assertThat(where).as("%s: who began tick %s", job, tick).hasSize(1));
        long epoch = 0;
        for (Map.Entry<Instant, Long> claimed : epochs.entrySet()) {
            assertThat(claimed.getValue())
                    .as(
                            "%s: the epoch that claimed tick %s, after one before was claimed in %d",
                            job, claimed.getKey(), epoch)
                    .isGreaterThanOrEqualTo(epoch);
            epoch = claimed.getValue();
        }
        effects.forEach((tick, revisions) ->
                assertThat(revisions).as("%s: effects of tick %s", job, tick).hasSize(1));
        Map<Instant, JobEvent> told = new TreeMap<>();
        for (JobEvent event : events) {
            int ticks = 0;
            for (Optional<Instant> tick = Optional.of(event.tick());
                    tick.isPresent() && !tick.get().isAfter(event.last());
                    tick = schedule.next(tick.get())) {
                assertThat(told.put(tick.get(), event))
                        .as("%s: another event of tick %s than %s", job, tick, event)
                        .isNull();
                ticks++;
            }
            assertThat(ticks).as("ticks of %s", event).isEqualTo(event.ticks());
        }
        last().running().ifPresent(claim -> assertThat(told).doesNotContainKey(claim.tick()));
        told.forEach(this::check);
        Instant tick = since.orElseThrow();
        while (!(tick = schedule.next(tick).orElseThrow()).isAfter(last().through())) {
            Instant one = tick;
            boolean runs =
                    last().running().filter(claim -> claim.tick().equals(one)).isPresent();
            assertThat(runs || told.containsKey(tick))
                    .as("%s: tick %s was run or reported", job, tick)
                    .isTrue();
        }
    }

    private void check(Instant tick, JobEvent event) {
        List<Long> done = effects.getOrDefault(tick, List.of());
        switch (event.outcome()) {
            case DONE -> {
                assertThat(begun).as("%s: %s", job, event).containsKey(tick);
                assertThat(done).as("%s: effects of %s", job, event).hasSize(1);
            }
            case MISSED -> assertThat(begun).as("%s: %s", job, event).doesNotContainKey(tick);
            case LOST ->
                assertThat(done)
                        .as("%s: effects after %s", job, event)
                        .allMatch(revision -> revision < seenAt.get(event));
            default -> assertThat(begun).as("%s: %s", job, event).containsKey(tick);
        }
    }

    long count(JobEvent.Outcome outcome) {
        return events.stream()
                .filter(event -> event.outcome() == outcome)
                .mapToLong(JobEvent::ticks)
                .sum();
    }
}
