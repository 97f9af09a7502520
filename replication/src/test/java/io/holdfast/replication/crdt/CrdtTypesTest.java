package io.holdfast.replication.crdt;

import static io.holdfast.replication.crdt.Replicas.tellAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NotAppliedException;
import io.holdfast.core.config.DataSize;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each kind of value means, above all for updates that did not know of each other. */
class CrdtTypesTest {
    private final Replica first = Replicas.replica(100);
    private final Replica second = Replicas.replica(200);
    private final Shelf a = new Shelf(first);
    private final Shelf b = new Shelf(second);

    private void exchange() {
        tellAll(first, second);
        tellAll(second, first);
        assertThat(first.digest()).isEqualTo(second.digest());
    }

    @Test
    void aCounterIsTheSumOfAllAmounts() {
        a.counter("c").add(5);
        b.counter("c").add(-2);
        exchange();
        exchange();
        a.counter("c").decrement();
        exchange();
        assertThat(b.counter("c").value()).isEqualTo(2);
        b.growCounter("c").add(3);
        exchange();
        assertThat(a.growCounter("c").value())
                .as("another kind is another counter")
                .isEqualTo(3);
        assertThatThrownBy(() -> a.growCounter("c").add(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCounterRefusesWhatWouldOverflow() {
        a.counter("c").add(Long.MAX_VALUE / 2);
        assertThatThrownBy(() -> a.counter("c").add(Long.MAX_VALUE / 2)).isInstanceOf(NotAppliedException.class);
        assertThatThrownBy(() -> a.counter("d").add(Long.MIN_VALUE)).isInstanceOf(NotAppliedException.class);
        assertThat(a.counter("c").value()).isEqualTo(Long.MAX_VALUE / 2);
        assertThat(a.counter("d").value()).isZero();
    }

    @Test
    void aSumThatIsNoLongIsReadAsTheNearestOne() {
        long most = 1L << 62;
        Replica third = Replicas.replica(300);
        for (Replica each : List.of(first, second, third)) {
            new Shelf(each).counter("up").add(most);
            new Shelf(each).counter("down").add(-most);
        }
        new Shelf(third).counter("both").add(most);
        new Shelf(second).counter("both").add(-most);
        a.counter("both").add(-5);
        tellAll(second, first);
        assertThat(a.counter("down").value()).isEqualTo(Long.MIN_VALUE);
        tellAll(third, first);
        assertThat(a.counter("up").value()).isEqualTo(Long.MAX_VALUE);
        assertThat(a.counter("down").value()).isEqualTo(Long.MIN_VALUE);
        assertThat(a.counter("both").value()).isEqualTo(-5);
    }

    @Test
    void anAddWinsOverARemoveThatDidNotKnowOfIt() {
        a.set("s").add("x");
        a.set("s").add("y");
        exchange();
        a.set("s").remove("x");
        a.set("s").remove("y");
        b.set("s").add("x");
        exchange();
        assertThat(a.set("s").elements()).containsExactly("x");
        assertThat(b.set("s").contains("y")).isFalse();
        b.set("s").remove("x");
        exchange();
        assertThat(a.set("s").size()).isZero();
    }

    @Test
    void onWinsOrOffAsWasAskedFor() {
        assertThat(a.enableWins("f").isSet()).isFalse();
        assertThat(a.disableWins("f").isSet()).isFalse();
        a.enableWins("f").set(true);
        b.enableWins("f").set(false);
        a.disableWins("f").set(true);
        b.disableWins("f").set(false);
        exchange();
        assertThat(a.enableWins("f").isSet()).isTrue();
        assertThat(a.disableWins("f").isSet()).isFalse();
        a.enableWins("f").set(false);
        a.disableWins("f").set(true);
        exchange();
        assertThat(b.enableWins("f").isSet()).as("who has seen both decides").isFalse();
        assertThat(b.disableWins("f").isSet()).isTrue();
    }

    @Test
    void theLaterClockWinsAndWhoHasSeenAWriteWinsOverIt() {
        a.register("r").set("from the earlier clock");
        b.register("r").set("from the later clock");
        exchange();
        assertThat(a.register("r").value()).contains("from the later clock");
        a.register("r").set("knew of it");
        exchange();
        assertThat(b.register("r").value()).contains("knew of it");
        b.register("r").clear();
        exchange();
        assertThat(a.register("r").value()).isEmpty();
    }

    @Test
    void concurrentWritesStandSideBySideUntilSomebodyHasSeenThem() {
        a.multiRegister("r").set("one");
        b.multiRegister("r").set("two");
        exchange();
        assertThat(a.multiRegister("r").values())
                .containsExactly("one", "two")
                .isEqualTo(b.multiRegister("r").values());
        b.multiRegister("r").set("both");
        exchange();
        assertThat(a.multiRegister("r").values()).containsExactly("both");
    }

    @Test
    void anUpdateOfAMapsValueWinsOverARemoveOfItsKeyThatDidNotKnowOfIt() {
        a.map("m").counter("k").add(5);
        a.map("m").set("k", Texts.UTF_8).add("old");
        a.map("m").flag("gone").set(true);
        exchange();
        a.map("m").remove("k");
        a.map("m").remove("gone");
        b.map("m").set("k", Texts.UTF_8).add("new");
        exchange();
        assertThat(a.map("m").keys()).containsExactly("k");
        assertThat(a.map("m").contains("gone")).isFalse();
        assertThat(b.map("m").set("k", Texts.UTF_8).elements()).containsExactly("new");
        assertThat(b.map("m").counter("k").value()).as("was removed").isZero();
        b.map("m").counter("k").increment();
        exchange();
        assertThat(a.map("m").counter("k").value()).isEqualTo(1);
    }

    @Test
    void keysThatBeginAlikeAreDifferentKeys() {
        a.map("m").set("k", Texts.UTF_8).add("in k");
        a.map("m").set("kk", Texts.UTF_8).add("in kk");
        a.map("m").set("", Texts.UTF_8).add("in nothing");
        a.map("m").remove("k");
        assertThat(a.map("m").keys()).containsExactlyInAnyOrder("kk", "");
        assertThat(a.map("m").set("kk", Texts.UTF_8).elements()).containsExactly("in kk");
    }

    @Test
    void afterManyAddsAndRemovesASetTakesNoMoreRoomThanANewOne() {
        for (int i = 0; i < 3_000; i++) {
            (i % 2 == 0 ? a : b).set("s").add("element " + i);
            if (i % 7 == 0) {
                exchange();
            }
            if (i >= 100) {
                (i % 3 == 0 ? a : b).set("s").remove("element " + (i - 100));
            }
        }
        exchange();
        a.set("s").elements().stream().skip(100).forEach(a.set("s")::remove);
        exchange();
        Shelf anew = new Shelf(Replicas.replica(300));
        a.set("s").elements().forEach(anew.set("s")::add);
        int size = first.image(new ObjectId(Kind.SET, "s")).orElseThrow().bytes().length;
        int fresh =
                anew.replica().image(new ObjectId(Kind.SET, "s")).orElseThrow().bytes().length;
        assertThat(a.set("s").size()).isEqualTo(100);
        assertThat(size).isLessThan(2 * fresh);
    }

    @Test
    void aBoundIsRefusedWithItsNameAndNothingChanges() {
        CrdtConfig small = CrdtConfig.lan().withLimits(2, 3).withSizes(new DataSize(1024), new DataSize(2048));
        Shelf shelf = new Shelf(Replicas.replica(1, small));
        List.of("1", "2", "3").forEach(shelf.set("s")::add);
        shelf.register("r").set("x");
        long before = shelf.replica().digest();
        assertThatThrownBy(() -> shelf.set("s").add("4"))
                .isInstanceOf(NotAppliedException.class)
                .hasMessageContaining("maxElements (3)")
                .hasMessageContaining("holdfast.crdt.max-elements");
        assertThatThrownBy(() -> shelf.register("s").set("x")).hasMessageContaining("maxObjects (2)");
        assertThatThrownBy(() -> shelf.register("r").set("x".repeat(1100)))
                .hasMessageContaining("maxObjectBytes (1KiB)");
        assertThat(shelf.replica().digest()).isEqualTo(before);
        assertThat(shelf.replica().size()).isEqualTo(2);
        shelf.register("r").clear();
        assertThat(shelf.set("s").elements()).containsExactly("1", "2", "3");
        shelf.set("s").remove("2");
        shelf.set("s").add("4");
        assertThat(shelf.set("s").elements()).containsExactly("1", "3", "4");
    }

    @Test
    void messagesAreNoLargerThanTheWireCarries() {
        CrdtConfig config = CrdtConfig.lan();
        assertThat(config.within(new DataSize(64 << 10)).maxMessageBytes()).isEqualTo(new DataSize(64 << 10));
        assertThat(config.within(new DataSize(16 << 20))).isEqualTo(config);
    }

    @Test
    void aNameThatOtherNodesWouldReadOtherwiseIsRefused() {
        assertThatThrownBy(() -> a.counter("views\ud83d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("surrogate");
        a.counter("views\ud83d\ude00").increment();
    }

    @Test
    void aReaderKeepsTheStateThatItBeganWith() {
        a.set("s").add("x");
        PathMap view = first.view(new ObjectId(Kind.SET, "s"));
        a.set("s").remove("x");
        a.set("s").add("y");
        assertThat(view.get(Path.of("x".getBytes(StandardCharsets.UTF_8)))).hasSize(1);
    }

    @Test
    void elementsWithEqualHashCodesDoNotMakeASetSlowOrDeep() {
        for (int i = 0; i < 1 << 14; i++) {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 14; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            a.set("s").add(text.toString());
        }
        assertThat(a.set("s").size()).isEqualTo(1 << 14);
        assertThat(a.set("s").contains("AaBB".repeat(7))).isTrue();
    }
}
