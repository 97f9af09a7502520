package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.primitive.PermitType.Acquire;
import io.holdfast.consensus.primitive.PermitType.Stage;
import io.holdfast.consensus.primitive.PermitType.Status;
import io.holdfast.consensus.state.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeTry;

class PermitTypeProperties {
    private static final int TYPE = PermitType.SEMAPHORE.id();
    private static final byte[] OWNER = {'n'};

    /** The rules written down a second time, in plain lists. */
    private static final class Oracle {
        record Claim(long session, long number, int permits, long until) {}

        final int permits;
        final List<Claim> holding = new ArrayList<>();
        final List<Claim> queue = new ArrayList<>();

        Oracle(int permits) {
            this.permits = permits;
        }

        int taken() {
            return holding.stream().mapToInt(Claim::permits).sum();
        }

        Stage acquire(Claim claim, boolean waits) {
            if (queue.isEmpty() && taken() + claim.permits <= permits) {
                holding.add(claim);
                return Stage.GRANTED;
            }
            if (waits) {
                queue.add(claim);
            }
            return waits ? Stage.WAITING : Stage.NONE;
        }

        void serve() {
            Iterator<Claim> waiting = queue.iterator();
            while (waiting.hasNext()) {
                Claim head = waiting.next();
                if (taken() + head.permits > permits) {
                    return;
                }
                waiting.remove();
                holding.add(head);
            }
        }

        Stage stage(Claim claim) {
            if (holding.contains(claim)) {
                return Stage.GRANTED;
            }
            return queue.contains(claim) ? Stage.WAITING : Stage.NONE;
        }

        void release(Claim claim) {
            holding.remove(claim);
            queue.remove(claim);
            serve();
        }

        void close(long session) {
            holding.removeIf(claim -> claim.session == session);
            queue.removeIf(claim -> claim.session == session);
            serve();
        }

        /** Each end of time is an event of its own: who is freed by it may be gone before the next. */
        void pass(long now) {
            List<Claim> due = new ArrayList<>(
                    queue.stream().filter(claim -> claim.until <= now).toList());
            due.sort(Comparator.comparingLong(Claim::until));
            for (Claim claim : due) {
                if (queue.remove(claim)) {
                    serve();
                }
            }
        }
    }

    private MachineRun run = new MachineRun();
    private final List<Long> sessions = new ArrayList<>();
    private final List<Oracle.Claim> claims = new ArrayList<>();

    @BeforeTry
    void begin() {
        run = new MachineRun();
        sessions.clear();
        claims.clear();
    }

    @Property(tries = 50)
    void permitsAreConservedAndTheQueueIsFairWhoeverComesAndGoes(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Oracle oracle = new Oracle(1 + random.nextInt(4));
        for (int step = 0; step < 120; step++) {
            if (sessions.size() < 3) {
                sessions.add(run.open());
            }
            long session = sessions.get(random.nextInt(sessions.size()));
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> acquire(random, oracle, session);
                case 4, 5 -> release(random, oracle);
                case 6 -> {
                    long nanos = random.nextLong(1_000);
                    run.pass(nanos);
                    oracle.pass(run.now());
                }
                default -> rarely(random, oracle, session);
            }
            compare(oracle);
        }
        sessions.forEach(run::close);
        assertThat(run.rows()).as("rows when nobody holds or waits").isLessThanOrEqualTo(4);
    }

    private void acquire(SplittableRandom random, Oracle oracle, long session) {
        int permits = 1 + random.nextInt(oracle.permits);
        long wait = switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextLong(5_000);
            default -> Long.MAX_VALUE;
        };
        Oracle.Claim claim = new Oracle.Claim(
                session, claims.size() + 1, permits, wait == Long.MAX_VALUE ? Long.MAX_VALUE : run.now() + wait);
        claims.add(claim);
        Status status = Status.decode(
                run.done(session, TYPE, new Acquire(claim.number(), permits, oracle.permits, wait, OWNER).encode()));
        assertThat(status.stage()).isEqualTo(oracle.acquire(claim, wait > 0));
        assertThat(status.session()).isEqualTo(session);
    }

    private void release(SplittableRandom random, Oracle oracle) {
        if (!claims.isEmpty()) {
            Oracle.Claim claim = claims.get(random.nextInt(claims.size()));
            if (sessions.contains(claim.session())) {
                Stage before = oracle.stage(claim);
                Status status =
                        Status.decode(run.done(claim.session(), TYPE, PermitType.release(claim.number(), false)));
                assertThat(status.stage()).isEqualTo(before);
                oracle.release(claim);
            }
        }
    }

    private void rarely(SplittableRandom random, Oracle oracle, long session) {
        if (random.nextInt(3) == 0) {
            run.close(session);
            sessions.remove(session);
            oracle.close(session);
        } else if (random.nextInt(3) == 0) {
            run.restart();
        }
    }

    private void compare(Oracle oracle) {
        PermitDescription found = PermitDescription.decode(run.ask(TYPE, PermitType.describe()));
        assertThat(found.taken()).isEqualTo(oracle.taken()).isLessThanOrEqualTo(oracle.permits);
        assertThat(found.waiting()).isEqualTo(oracle.queue.size());
        assertThat(found.holders().stream().map(PermitDescription.Claim::session))
                .containsExactlyElementsOf(
                        oracle.holding.stream().map(Oracle.Claim::session).toList());
        assertThat(found.waiters().stream().map(PermitDescription.Claim::session))
                .containsExactlyElementsOf(
                        oracle.queue.stream().map(Oracle.Claim::session).toList());
        for (Oracle.Claim claim : claims) {
            Status status = Status.decode(run.ask(TYPE, PermitType.claim(claim.session(), claim.number())));
            assertThat(status.stage()).isEqualTo(oracle.stage(claim));
        }
    }

    private long granted(long session, long claim) {
        Status status = Status.decode(run.done(session, TYPE, new Acquire(claim, 1, 1, 0, OWNER).encode()));
        assertThat(status.stage()).isEqualTo(Stage.GRANTED);
        return status.token();
    }

    @Example
    void tokensGrowAlsoWhenTheNameWasForgottenInBetween() {
        long session = run.open();
        long last = 0;
        for (int claim = 1; claim < 10; claim++) {
            long token = granted(session, claim);
            assertThat(token).isGreaterThan(last);
            last = token;
            run.done(session, TYPE, PermitType.release(claim, false));
            run.restart();
        }
    }

    @Example
    void aClaimThatWasGivenUpBeforeItCameIsRefused() {
        long session = run.open();
        run.done(session, TYPE, PermitType.release(7, true));
        Answer late = run.operate(session, TYPE, new Acquire(7, 1, 1, 0, OWNER).encode());
        assertThat(late.status()).isEqualTo(Answer.Status.REFUSED);
        assertThat(late.words()).contains("claim 7").contains("given up");
        granted(session, 8);
    }

    @Example
    void allWhoUseANameMustNameTheSameNumberOfPermits() {
        long session = run.open();
        granted(session, 1);
        Answer other = run.operate(session, TYPE, new Acquire(2, 1, 5, 0, OWNER).encode());
        assertThat(other.words()).contains("has 1 permits, not 5");
        run.done(session, TYPE, PermitType.release(1, false));
        Status status = Status.decode(run.done(session, TYPE, new Acquire(3, 5, 5, 0, OWNER).encode()));
        assertThat(status.stage()).isEqualTo(Stage.GRANTED);
    }
}
