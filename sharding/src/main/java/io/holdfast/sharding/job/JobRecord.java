package io.holdfast.sharding.job;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the cluster knows of a job: the row {@code j/<name>} of its shard's table. Immutable.
 *
 * @param ticks the text of the schedule by which it ticked last
 * @param through the last tick that was decided on: none up to it will ever be claimed again
 * @param running the run that was claimed and has not ended
 * @param history the last {@value #KEPT} events, the oldest first
 */
public record JobRecord(String ticks, Instant through, Optional<Claim> running, List<JobEvent> history) {
    /** How many events are kept. */
    public static final int KEPT = 50;

    /**
     * A tick that an owner took to run.
     *
     * @param tick the tick
     * @param started when, by the owner's wall clock
     * @param epoch the owner's epoch
     * @param host the owner
     */
    public record Claim(Instant tick, Instant started, Epoch epoch, NodeId host) {}

    /**
     * Copies the history.
     *
     * @param ticks as the component
     * @param through as the component
     * @param running as the component
     * @param history as the component
     */
    public JobRecord {
        history = List.copyOf(history);
    }

    /** A job that nobody knew: it ticks from now on. */
    static JobRecord first(String ticks, Instant now) {
        return new JobRecord(ticks, now, Optional.empty(), List.of());
    }

    /** By another schedule it ticks from now on: what that would have been in the past was not missed. */
    JobRecord scheduled(String value, Instant now) {
        Instant from = value.equals(ticks) || now.isBefore(through) ? through : now;
        return new JobRecord(value, from, running, history);
    }

    JobRecord claimed(Claim claim) {
        return new JobRecord(ticks, claim.tick(), Optional.of(claim), history);
    }

    /** Nobody will run these. */
    JobRecord missed(JobEvent event) {
        return new JobRecord(ticks, event.last(), running, with(event));
    }

    /** The run is over. */
    JobRecord ended(JobEvent.Outcome outcome, Instant now, String detail) {
        return running.map(claim -> new JobRecord(
                        ticks,
                        through,
                        Optional.empty(),
                        with(new JobEvent(
                                outcome, claim.tick(), claim.tick(), 1, claim.started(), now, claim.host(), detail))))
                .orElse(this);
    }

    private List<JobEvent> with(JobEvent event) {
        List<JobEvent> events = new ArrayList<>(history);
        events.add(event);
        return events.subList(Math.max(0, events.size() - KEPT), events.size());
    }
}
