package io.holdfast.sharding.job.cron;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.holdfast.core.Check;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The instants of a cron expression. Immutable.
 *
 * <p>The library is asked for local times alone; here they become instants. A local time that the clock leaps over is due when it leaps, one that comes twice is due the first time (as Vixie's cron, crontab(8)). An expression whose
 * hour begins with {@code *} follows real time: nothing is made up for what is leapt over, and what comes twice is due twice.
 */
public final class CronTimes {
    private static final int MAX_LENGTH = 255;
    private static final int FIELDS_OF_UNIX = 5;
    private static final int FIELDS_WITH_SECONDS = 6;
    /** A zone has a few transitions a year; an expression that is not due within so many is never due. */
    private static final int MAX_TRANSITIONS = 100;

    private final String expression;
    private final ZoneId zone;
    private final ZoneRules rules;
    private final ExecutionTime local;
    private final boolean everyHour;

    private CronTimes(String expression, ZoneId zone, Cron cron, boolean everyHour) {
        this.expression = expression;
        this.zone = zone;
        this.rules = zone.getRules();
        this.local = ExecutionTime.forCron(cron);
        this.everyHour = everyHour;
    }

    /**
     * Reads an expression.
     *
     * @param expression five fields as Unix has them (minute, hour, day of month, month, day of week), or six as Spring has them, with seconds in front; {@code L}, {@code W} and {@code #} in the latter only
     * @param zone whose local time is meant
     * @return its times
     * @throws IllegalArgumentException if it is no such expression
     */
    public static CronTimes of(String expression, ZoneId zone) {
        String text = expression.strip().replaceAll("\\s+", " ");
        Check.that(text.length() <= MAX_LENGTH, "cron has %d characters; it may have %d", text.length(), MAX_LENGTH);
        String[] fields = text.split(" ", -1);
        Check.that(
                fields.length == FIELDS_OF_UNIX || fields.length == FIELDS_WITH_SECONDS,
                "cron (%s) must have 5 fields (minute hour day month weekday), or 6 with seconds in front; write for instance 30 2 * * *",
                text);
        boolean unix = fields.length == FIELDS_OF_UNIX;
        CronType type = unix ? CronType.UNIX : CronType.SPRING53;
        try {
            Cron cron = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(type)).parse(text);
            return new CronTimes(text, zone, cron.validate(), fields[unix ? 1 : 2].startsWith("*"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cron (" + text + ") is none: " + e.getMessage() + "; write for instance "
                            + (unix ? "30 2 * * *" : "0 30 2 * * *"),
                    e);
        }
    }

    /**
     * The next time.
     *
     * @param after any instant
     * @return the first instant of the expression after it, a whole second; empty if there is none
     */
    public Optional<Instant> next(Instant after) {
        Instant from = after.truncatedTo(ChronoUnit.SECONDS);
        Instant in = from;
        for (int turn = 0; turn < MAX_TRANSITIONS; turn++) {
            ZoneOffset offset = rules.getOffset(in);
            ZoneOffsetTransition leap = rules.nextTransition(in);
            Optional<Instant> found = within(from, offset, leap);
            if (found.isPresent() || leap == null) {
                return found;
            }
            in = leap.getInstant();
            from = in.minusSeconds(1);
        }
        return Optional.empty();
    }

    /** After {@code from}, as long as the offset stands; the moment of a leap over a due time belongs to it. */
    private Optional<Instant> within(Instant from, ZoneOffset offset, @Nullable ZoneOffsetTransition leap) {
        Optional<LocalDateTime> due = local(LocalDateTime.ofInstant(from, offset));
        while (due.isPresent()) {
            LocalDateTime time = due.get();
            Instant instant = time.toInstant(offset);
            if (leap != null && !instant.isBefore(leap.getInstant())) {
                boolean leapt = leap.isGap() && time.isBefore(leap.getDateTimeAfter());
                return leapt && !everyHour ? Optional.of(leap.getInstant()) : Optional.empty();
            }
            List<ZoneOffset> offsets = rules.getValidOffsets(time);
            if (everyHour || offset.equals(offsets.get(0))) {
                return Optional.of(instant);
            }
            due = local(time);
        }
        return Optional.empty();
    }

    private Optional<LocalDateTime> local(LocalDateTime after) {
        return local.nextExecution(ZonedDateTime.of(after, ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }

    /** The expression and its zone. */
    @Override
    public String toString() {
        return expression + " " + zone;
    }
}
