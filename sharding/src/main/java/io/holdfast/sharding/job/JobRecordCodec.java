package io.holdfast.sharding.job;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bytes of a job's row: {@code [version u8][ticks][through][claim][events]}. Instants are milliseconds since 1970, at least 0. About 3 KB with a full history. */
final class JobRecordCodec {
    private static final int VERSION = 1;
    private static final int MAX_TICKS_TEXT = 1024;
    private static final int MAX_LABEL = 255;
    private static final JobEvent.Outcome[] OUTCOMES = JobEvent.Outcome.values();

    private JobRecordCodec() {}

    static byte[] encode(JobRecord job) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.text(job.ticks());
        time(job.through(), out);
        out.u8(job.running().isPresent() ? 1 : 0);
        job.running().ifPresent(claim -> {
            time(claim.tick(), out);
            time(claim.started(), out);
            out.number(claim.epoch().value());
            out.text(claim.host().value());
        });
        out.number(job.history().size());
        job.history().forEach(event -> {
            out.u8(event.outcome().ordinal());
            time(event.tick(), out);
            time(event.last(), out);
            out.number(event.ticks());
            time(event.started(), out);
            time(event.ended(), out);
            out.text(event.host().value());
            out.text(event.detail());
        });
        return out.bytes();
    }

    private static void time(Instant instant, WireWriter out) {
        out.number(Math.max(0, instant.toEpochMilli()));
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if the bytes are not those of a job, or of a newer layout. */
    static JobRecord decode(byte[] bytes) {
        WireReader in = new WireReader("job", bytes);
        in.version("layout", VERSION);
        String ticks = in.text("ticks", MAX_TICKS_TEXT);
        Instant through = time(in, "through");
        Optional<JobRecord.Claim> running = Optional.empty();
        if (in.flag("claimed")) {
            running = Optional.of(new JobRecord.Claim(
                    time(in, "tick"), time(in, "started"), new Epoch(in.number("epoch")), host(in)));
        }
        List<JobEvent> history = new ArrayList<>();
        for (int left = in.count("events", JobRecord.KEPT); left > 0; left--) {
            history.add(event(in));
        }
        in.end();
        return new JobRecord(ticks, through, running, history);
    }

    private static JobEvent event(WireReader in) {
        int outcome = in.u8("outcome");
        if (outcome >= OUTCOMES.length) {
            throw in.broken("outcome (" + outcome + ") must be less than " + OUTCOMES.length);
        }
        return new JobEvent(
                OUTCOMES[outcome],
                time(in, "tick"),
                time(in, "last tick"),
                in.number("ticks", JobEvent.MANY),
                time(in, "started"),
                time(in, "ended"),
                host(in),
                in.text("detail", 4 * JobEvent.MAX_DETAIL));
    }

    private static Instant time(WireReader in, String what) {
        return Instant.ofEpochMilli(in.number(what));
    }

    private static NodeId host(WireReader in) {
        try {
            return NodeId.of(in.text("host", MAX_LABEL));
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }
}
