package io.holdfast.sharding.entity;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which calls an entity has answered, as far as anybody may still ask: the outcomes of those that may be retried, and for each session the number at and below which nothing is remembered. Part of the entity's row,
 * so it is as durable as the effects. After RIFL (Lee et al., SOSP 2015, section 3). Immutable.
 *
 * @param dropped how many sessions were forgotten whole
 * @param sessions the sessions, the one whose last effect is oldest first
 */
record AnswerWindow(long dropped, List<Session> sessions) {
    static final int MAX_SESSIONS = 32;

    /** Of one session. */
    static final int MAX_ANSWERS = 64;

    /** Of all sessions. */
    static final int MAX_BYTES = 32 << 10;

    private static final int SESSION_BYTES = 96; // objects on a 64-bit machine, about
    private static final int ANSWER_BYTES = 80;
    private static final int NO_LONGER_KEPT = 0;
    private static final int ANSWERED = 1;
    private static final int FAILED = 2;

    static final AnswerWindow EMPTY = new AnswerWindow(0, List.of());

    /**
     * One caller.
     *
     * @param id its session
     * @param introduced how many sessions were forgotten when it came: a call that names another count may have been done before this session was forgotten
     * @param floor nothing is known of numbers up to this one, unless it is among the answers
     * @param answers in the order in which they were given
     */
    record Session(long id, long introduced, long floor, List<Answer> answers) {
        Session with(long newFloor, List<Answer> newAnswers) {
            return new Session(id, introduced, newFloor, newAnswers);
        }
    }

    /**
     * A call that was answered.
     *
     * @param sequence its number
     * @param outcome what was answered; null if there was no room to keep it
     */
    record Answer(long sequence, Served.@Nullable Outcome outcome) {
        int size() {
            return outcome == null ? 0 : outcome.size();
        }
    }

    AnswerWindow {
        sessions = List.copyOf(sessions);
    }

    /**
     * What is known of a call before it is done.
     *
     * @return what to answer, or null if it surely was not done: then it may be
     */
    @Nullable Served seen(EntityCall call) {
        Session session = session(call.id().session());
        if (session == null) {
            return dropped == call.introduced() ? null : new Served.Introduce(dropped);
        }
        for (Answer answer : session.answers()) {
            if (answer.sequence() == call.id().sequence()) {
                return answer.outcome() != null
                        ? answer.outcome()
                        : new Served.Unknown("call " + call.id().sequence() + " of " + call.entity()
                                + " was done, and its answer is no longer kept; read the state");
            }
        }
        if (call.introduced() != session.introduced()) {
            return new Served.Introduce(session.introduced());
        }
        if (call.id().sequence() <= session.floor()) {
            return new Served.Unknown("call " + call.id().sequence() + " of " + call.entity()
                    + " may have been done: later ones were, and their answers have pushed it out; read the state");
        }
        return null;
    }

    private @Nullable Session session(long id) {
        for (Session session : sessions) {
            if (session.id() == id) {
                return session;
            }
        }
        return null;
    }

    /**
     * The window after a call was answered that {@link #seen} knew nothing of.
     *
     * @param call the call
     * @param outcome its answer
     * @return the next window, within its bounds
     */
    AnswerWindow with(EntityCall call, Served.Outcome outcome) {
        List<Session> next = new ArrayList<>(sessions.size() + 1);
        Session own = new Session(call.id().session(), dropped, 0, List.of());
        for (Session session : sessions) {
            if (session.id() == own.id()) {
                own = session;
            } else {
                next.add(session);
            }
        }
        next.add(answered(own, call, outcome));
        shrinkBytes(next);
        boolean full = next.size() > MAX_SESSIONS;
        if (full) {
            next.remove(0);
        }
        return new AnswerWindow(full ? dropped + 1 : dropped, next);
    }

    private static Session answered(Session session, EntityCall call, Served.Outcome outcome) {
        long floor =
                Math.max(session.floor(), Math.min(call.firstOpen(), call.id().sequence()) - 1);
        List<Answer> answers = new ArrayList<>(session.answers().size() + 1);
        for (Answer answer : session.answers()) {
            if (answer.sequence() > floor) {
                answers.add(answer);
            }
        }
        answers.add(new Answer(call.id().sequence(), outcome));
        while (answers.size() > MAX_ANSWERS) {
            floor = Math.max(floor, answers.remove(0).sequence());
        }
        return session.with(floor, answers);
    }

    /** Answers beyond the bytes are forgotten, the largest first, so that a large one does not cost many small ones; the fact that the call was done is not. */
    private static void shrinkBytes(List<Session> sessions) {
        long bytes = 0;
        for (Session session : sessions) {
            for (Answer answer : session.answers()) {
                bytes += answer.size();
            }
        }
        while (bytes > MAX_BYTES) {
            bytes -= forgetLargest(sessions);
        }
    }

    private static int forgetLargest(List<Session> sessions) {
        int largest = 0;
        int its = 0;
        int at = 0;
        for (int i = 0; i < sessions.size(); i++) {
            List<Answer> answers = sessions.get(i).answers();
            for (int j = 0; j < answers.size(); j++) {
                if (answers.get(j).size() > largest) {
                    largest = answers.get(j).size();
                    its = i;
                    at = j;
                }
            }
        }
        List<Answer> answers = new ArrayList<>(sessions.get(its).answers());
        answers.set(at, new Answer(answers.get(at).sequence(), null));
        sessions.set(its, sessions.get(its).with(sessions.get(its).floor(), answers));
        return largest;
    }

    /** About how much memory it takes. */
    int bytes() {
        int bytes = 0;
        for (Session session : sessions) {
            bytes += SESSION_BYTES;
            for (Answer answer : session.answers()) {
                bytes += ANSWER_BYTES + answer.size();
            }
        }
        return bytes;
    }

    void encode(WireWriter out) {
        out.number(dropped);
        out.number(sessions.size());
        for (Session session : sessions) {
            out.fixed64(session.id());
            out.number(session.introduced());
            out.number(session.floor());
            out.number(session.answers().size());
            for (Answer answer : session.answers()) {
                out.number(answer.sequence());
                encode(answer.outcome(), out);
            }
        }
    }

    private static void encode(Served.@Nullable Outcome outcome, WireWriter out) {
        if (outcome instanceof Served.Answered answered) {
            out.u8(ANSWERED);
            out.bytes(answered.bytes());
        } else if (outcome instanceof Served.Failed failed) {
            out.u8(FAILED);
            EntityWire.encode(failed, out);
        } else {
            out.u8(NO_LONGER_KEPT);
        }
    }

    private static Served.@Nullable Outcome outcome(WireReader in) {
        return switch (in.number("kind of answer", FAILED)) {
            case ANSWERED -> new Served.Answered(in.bytes("answer", MAX_BYTES));
            case FAILED -> EntityWire.failed(in);
            default -> null;
        };
    }

    static AnswerWindow decode(WireReader in) {
        long dropped = in.number("forgotten sessions");
        List<Session> sessions = new ArrayList<>();
        for (int left = in.count("sessions", MAX_SESSIONS); left > 0; left--) {
            long id = in.fixed64("session");
            long introduced = in.number("introduced");
            long floor = in.number("floor");
            List<Answer> answers = new ArrayList<>();
            for (int more = in.count("answers", MAX_ANSWERS); more > 0; more--) {
                answers.add(new Answer(in.number("number of a call"), outcome(in)));
            }
            sessions.add(new Session(id, introduced, floor, answers));
        }
        return new AnswerWindow(dropped, sessions);
    }
}
