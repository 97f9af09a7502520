package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", "catalog-1", "0", "a-b-c", "a23456789012345678901234567890123456789012345678901234567890123"
            })
    void aNameIsADnsLabel(String name) {
        assertThat(NodeId.of(name).toString()).isEqualTo(name);
        assertThat(ServiceName.of(name).value()).isEqualTo(name);
        assertThat(GroupId.of(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "A", "a_b", "a.b", "ä", "a b"})
    void anythingElseIsRefusedWithTheRule(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeId.of(name))
                .withMessageContaining("node id (" + name + ") must be a DNS label");
    }

    @Test
    void aLongNameIsRefusedWithoutRepeatingItWhole() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeId.of("a".repeat(10_000)))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
    }

    @Property
    void anAddressReadsBackWhatItPrints(@ForAll @IntRange(max = 65_535) int port) {
        for (String host : new String[] {"127.0.0.1", "catalog.example", "::1", "fe80::1%eth0"}) {
            Address address = Address.of(host, port);
            assertThat(Address.parse(address.toString())).isEqualTo(address);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,must be host:port",
        ":80,must be host:port",
        "a:,must end with a port number",
        "a:+1,must end with a port number",
        "a:65536,must be between 0 and 65535",
        "a:-1,must end with a port number",
        "::1:80,write an IPv6 address as [ipv6]:port",
        "a/b:80,must be a host name or an IP literal",
        "user@a:80,must be a host name or an IP literal"
    })
    void anAddressOfAnotherFormIsRefusedWithTheForm(String text, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Address.parse(text))
                .withMessageContaining(rule);
    }

    @Property
    void aDeadlineIsRightForEveryOriginOfTheClock(
            @ForAll long now, @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 4) long nanos) {
        Deadline deadline = Deadline.after(now, Duration.ofNanos(nanos));
        if (!deadline.isNone()) {
            assertThat(deadline.remainingNanos(now)).isEqualTo(nanos);
            assertThat(deadline.isExpired(now)).isEqualTo(nanos == 0);
            assertThat(deadline.isExpired(now + nanos)).isTrue();
            Deadline later = Deadline.after(now, Duration.ofNanos(nanos).plusNanos(1));
            assertThat(later.isNone() || deadline.earlier(later).equals(deadline))
                    .isTrue();
            assertThat(later.isNone() || later.earlier(deadline).equals(deadline))
                    .isTrue();
        }
    }

    @Test
    void noDeadlineNeverExpiresAndIsLaterThanAny() {
        assertThat(Deadline.NONE.isExpired(Long.MIN_VALUE)).isFalse();
        assertThat(Deadline.after(0, Duration.ofDays(100_000))).isEqualTo(Deadline.NONE);
        Deadline some = Deadline.after(5, Duration.ofSeconds(1));
        assertThat(Deadline.NONE.earlier(some)).isEqualTo(some);
        assertThat(some.earlier(Deadline.NONE)).isEqualTo(some);
    }

    @Test
    void anEpochGrowsAndDoesNotWrap() {
        assertThat(new Epoch(41).next()).isEqualTo(new Epoch(42)).isGreaterThan(new Epoch(41));
        assertThatThrownBy(() -> new Epoch(Long.MAX_VALUE).next()).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void anExceptionAdvisesWhetherToTryAgain() {
        assertThat(new OverloadedException("full", Duration.ofMillis(5)).retry())
                .isEqualTo(Retry.SAFE);
        assertThat(new OverloadedException("full", Duration.ofMillis(5)).retryAfter())
                .hasValue(Duration.ofMillis(5));
        assertThat(new UnavailableException("gone").retry()).isEqualTo(Retry.SAFE);
        assertThat(new UnknownOutcomeException("maybe").retry()).isEqualTo(Retry.IF_IDEMPOTENT);
    }
}
