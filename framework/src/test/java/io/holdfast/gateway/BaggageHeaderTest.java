package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.call.CallContext;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BaggageHeaderTest {
    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining(","));
    }

    @Test
    void membersAreReadWithTheirValuesDecodedAndTheirPropertiesLeftOut() {
        assertThat(BaggageHeader.read("userId=alice , serverNode = DF%2028;secure;ttl=3,q=a=b,empty=,city=K%C3%B6ln"))
                .isEqualTo(
                        Map.of("userId", "alice", "serverNode", "DF 28", "q", "a=b", "empty", "", "city", "K\u00f6ln"));
    }

    @Test
    void whatIsMalformedIsLeftOutAndTheRestIsKept() {
        assertThat(BaggageHeader.read(
                        "novalue,=x,a b=c,,quoted=\"x\",good=1,path=C:\\x,twice=1,twice=2,bad=%zz%C3,end=%4"))
                .isEqualTo(Map.of("good", "1", "twice", "2", "bad", "%zz\ufffd", "end", "%4"));
    }

    @Test
    void aHeaderBeyondTheLimitsIsLeftOutWhole() {
        assertThat(BaggageHeader.read(members(64))).hasSize(64);
        assertThat(BaggageHeader.read(members(65))).isEmpty();
        assertThat(BaggageHeader.read("k=" + "v".repeat(8190))).hasSize(1);
        assertThat(BaggageHeader.read("k=" + "v".repeat(8191))).isEmpty();
    }

    @Property(tries = 500)
    void whateverComesIsNoMoreThanAContextMayCarry(@ForAll String header) {
        assertThat(CallContext.EMPTY
                        .withBaggage(BaggageHeader.read(header))
                        .baggage()
                        .size())
                .isBetween(0, CallContext.MAX_BAGGAGE_ENTRIES);
    }
}
