package io.holdfast.replication.crdt;

import static io.holdfast.replication.crdt.Replicas.join;
import static io.holdfast.replication.crdt.Replicas.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The laws of a join semilattice and of delta mutators (Almeida et al. 2018, sections 3 and 4), for each kind of value, over states that updates and exchanges have made. */
class CrdtLaws {
    private static final int TRIES = 25;

    /** Three states of one object. */
    private record Three(Delta a, Delta b, Delta c) {
        static Three of(long seed, Kind kind) {
            List<Replica> all = Replicas.written(new Random(seed), kind, 3);
            return new Three(
                    state(all.get(0), Replicas.id(kind)),
                    state(all.get(1), Replicas.id(kind)),
                    state(all.get(2), Replicas.id(kind)));
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void mergeCommutes(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Three three = Three.of(seed, kind);
            assertThat(join(three.a, three.b)).as("%s", kind).isEqualTo(join(three.b, three.a));
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void mergeAssociates(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Three three = Three.of(seed, kind);
            assertThat(join(join(three.a, three.b), three.c))
                    .as("%s", kind)
                    .isEqualTo(join(three.a, join(three.b, three.c)));
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void mergeIsIdempotent(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Three three = Three.of(seed, kind);
            assertThat(join(three.a, three.a)).as("%s", kind).isEqualTo(three.a);
            Delta both = join(three.a, three.b);
            assertThat(join(both, three.b)).as("%s", kind).isEqualTo(both);
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void anUpdateOnlyGrowsTheState(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Random random = new Random(seed);
            Replica one = Replicas.written(random, kind, 3).get(0);
            Delta before = state(one, Replicas.id(kind));
            Replicas.update(random, kind, one);
            Delta after = state(one, Replicas.id(kind));
            assertThat(join(before, after))
                    .as("%s: before joined with after is after", kind)
                    .isEqualTo(after);
            assertThat(before.seen().minus(after.seen()).isEmpty())
                    .as("%s: nothing is unseen again", kind)
                    .isTrue();
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void aDeltaDoesWhatTheWholeUpdateDoes(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Random random = new Random(seed);
            List<Replica> all = Replicas.written(random, kind, 3);
            Replica one = all.get(0);
            Delta before = state(one, Replicas.id(kind));
            Delta other = state(all.get(1), Replicas.id(kind));
            one.close();
            for (int i = random.nextInt(4); i >= 0; i--) {
                Replicas.update(random, kind, one);
            }
            Delta after = state(one, Replicas.id(kind));
            Delta delta = Replicas.delta(one, Replicas.id(kind));
            assertThat(join(before, delta)).as("%s: here", kind).isEqualTo(after);
            assertThat(join(before, other, delta))
                    .as("%s: where more is known", kind)
                    .isEqualTo(join(other, after));
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void aDeltaMutatorIsTheMutatorOfThePaper(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Random random = new Random(seed);
            Delta before = state(Replicas.written(random, kind, 3).get(0), Replicas.id(kind));
            List<Entry> removed = before.entries().values().stream()
                    .filter(entry -> random.nextBoolean())
                    .toList();
            Edit edit = new Edit(removed, List.of(new Edit.Made(Path.of(new byte[] {1}), new byte[] {2})));
            ObjectState object = Replicas.objectOf(before);
            object.join(object.delta(edit, 100));
            assertThat(object.full()).as("%s", kind).isEqualTo(Replicas.mutated(before, edit, 100));
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void whatAJoinGainedDoesTheSameForWhoeverKnewAsMuch(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Three three = Three.of(seed, kind);
            ObjectState object = Replicas.objectOf(three.a);
            Delta gained = object.join(three.b);
            assertThat(join(three.a, gained)).as("%s", kind).isEqualTo(object.full());
            assertThat(join(three.a, three.c, gained)).as("%s", kind).isEqualTo(join(three.c, object.full()));
            assertThat(object.join(three.b).isEmpty())
                    .as("%s: nothing new the second time", kind)
                    .isTrue();
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void whatIsEncodedIsDecoded(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Three three = Three.of(seed, kind);
            DeltaCodec.Named read = DeltaCodec.decode(DeltaCodec.encode(Replicas.id(kind), three.a));
            assertThat(read).isEqualTo(new DeltaCodec.Named(Replicas.id(kind), three.a));
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void digestsAreEqualIfAndOnlyIfStatesAre(@ForAll long seed) {
        for (Kind kind : Kind.values()) {
            Three three = Three.of(seed, kind);
            List<Delta> states = List.of(three.a, three.b, three.c, join(three.a, three.b), join(three.b, three.a));
            for (Delta one : states) {
                for (Delta other : states) {
                    boolean same = Arrays.equals(
                            DeltaCodec.encode(Replicas.id(kind), one), DeltaCodec.encode(Replicas.id(kind), other));
                    assertThat(Replicas.objectOf(one).digest()
                                    == Replicas.objectOf(other).digest())
                            .as("%s: %s and %s", kind, one, other)
                            .isEqualTo(same);
                    assertThat(same).isEqualTo(one.equals(other));
                }
            }
        }
    }
}
