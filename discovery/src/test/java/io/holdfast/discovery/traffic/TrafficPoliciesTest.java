package io.holdfast.discovery.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.security.Principal;
import io.holdfast.discovery.balance.BalancePolicy;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.balance.Candidates;
import io.holdfast.discovery.outlier.Ended;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrafficPoliciesTest {
    private static final long NOW = 5_000_000_000L;
    private static final TrafficRule TO_NEW = TrafficRule.of(0, Match.ALL).withSplit(new VersionWeight("2", 1));

    private final Fleet fleet = new Fleet().with(4, "1").with(2, "2");
    private final TrafficPolicies policies = fleet.policies(7, BalancePolicy.P2C_PEAK_EWMA, Map.of());
    private final MethodTraffic method = policies.method(Fleet.SERVICE, "find", false);

    private static CallContext with(String key, String value) {
        return CallContext.EMPTY.withBaggage(Map.of(key, value));
    }

    private Candidates in() {
        return method.candidates(fleet.instances(), fleet.instances(), NOW);
    }

    private Candidate choose(CallContext context) {
        return Objects.requireNonNull(method.choose(method.route(context), context, in(), NOW));
    }

    private Map<String, Integer> versions(CallContext context, int calls) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(choose(context).instance().version(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void callsAreSplitByWeightAndNotByNumberOfInstances() {
        policies.update(
                Fleet.SERVICE,
                TrafficPolicy.DEFAULT.withRule(
                        "split",
                        TrafficRule.of(0, Match.ALL)
                                .withSplit(new VersionWeight("1", 90), new VersionWeight("2", 10))));
        assertThat(versions(CallContext.EMPTY, 10_000).get("2")).isBetween(850, 1150);
    }

    @Test
    void thePartOfAVersionThatNobodyHasGoesToTheOthers() {
        policies.update(
                Fleet.SERVICE,
                TrafficPolicy.DEFAULT.withRule(
                        "split",
                        TrafficRule.of(0, Match.ALL)
                                .withSplit(new VersionWeight("3", 90), new VersionWeight("2", 10))));
        assertThat(versions(CallContext.EMPTY, 100)).containsOnlyKeys("2");
        policies.update(
                Fleet.SERVICE,
                TrafficPolicy.DEFAULT.withRule(
                        "split", TrafficRule.of(0, Match.ALL).withSplit(new VersionWeight("3", 90))));
        assertThat(versions(CallContext.EMPTY, 100)).containsOnlyKeys("1", "2");
    }

    @Test
    void theFirstRuleThatMatchesHolds() {
        Match beta =
                new Match(List.of(), List.of(HeaderMatch.parse("group=beta*")), Optional.empty(), Optional.empty());
        policies.update(
                Fleet.SERVICE,
                TrafficPolicy.DEFAULT
                        .withRule("z-first", TrafficRule.of(1, beta).withSplit(new VersionWeight("2", 1)))
                        .withRule("a-second", TrafficRule.of(2, Match.ALL).withSplit(new VersionWeight("1", 1))));
        assertThat(versions(with("group", "beta-7"), 50)).containsOnlyKeys("2");
        assertThat(versions(with("group", "gamma"), 50)).containsOnlyKeys("1");
        assertThat(versions(CallContext.EMPTY, 50)).containsOnlyKeys("1");
    }

    @Test
    void rulesMatchMethodPrincipalAndZone() {
        Principal bob = new Principal("spiffe://shop/bob", Principal.Source.SPIFFE);
        CallContext context = CallContext.EMPTY.withPrincipal(bob);
        Optional<TextMatch> shop = Optional.of(TextMatch.parse("spiffe://shop/*"));
        Match match = new Match(List.of("find"), List.of(), shop, Optional.of("zone-a"));
        assertThat(match.fits("find", context, "zone-a")).isTrue();
        assertThat(match.fits("touch", context, "zone-a")).isFalse();
        assertThat(match.fits("find", CallContext.EMPTY, "zone-a")).isFalse();
        assertThat(match.fits("find", context, "zone-b")).isFalse();
    }

    @Test
    void aKeyKeepsItsInstanceAndItsVersionWhileTheNewOneGrows() {
        TrafficPolicy sticky = TrafficPolicy.DEFAULT.withSticky(new StickyConfig("user", 1.25));
        Set<String> onNew = new HashSet<>();
        for (int percent : new int[] {5, 20, 60, 100}) {
            policies.update(
                    Fleet.SERVICE,
                    sticky.withRule(
                            "split",
                            TrafficRule.of(0, Match.ALL)
                                    .withSplit(
                                            new VersionWeight("2", percent), new VersionWeight("1", 100 - percent))));
            Set<String> now = new HashSet<>();
            for (int user = 0; user < 500; user++) {
                CallContext context = with("user", "u" + user);
                Candidate chosen = choose(context);
                assertThat(choose(context).instance()).isEqualTo(chosen.instance());
                if (chosen.instance().version().equals("2")) {
                    now.add("u" + user);
                }
            }
            assertThat(now).containsAll(onNew).hasSizeBetween(5 * percent - 60, 5 * percent + 60);
            onNew = now;
        }
    }

    private Set<String> others(CallContext context, Candidate chosen) {
        Set<String> asked = new HashSet<>();
        assertThat(method.other(method.route(context), context, in(), chosen, each -> !asked.add(name(each))))
                .isNull();
        return asked;
    }

    private static String name(Candidate candidate) {
        return candidate.instance().node().value();
    }

    @Test
    void whoeverIsAskedInsteadHasTheSameVersion() {
        assertThat(others(CallContext.EMPTY, in().at(0))).containsExactlyInAnyOrder("n1", "n2", "n3", "n4", "n5");
        policies.update(
                Fleet.SERVICE,
                TrafficPolicy.DEFAULT.withRule(
                        "split",
                        TrafficRule.of(0, Match.ALL)
                                .withSplit(new VersionWeight("1", 100), new VersionWeight("2", 0))));
        assertThat(others(CallContext.EMPTY, choose(CallContext.EMPTY)))
                .hasSize(3)
                .isSubsetOf("n0", "n1", "n2", "n3");
        policies.update(Fleet.SERVICE, TrafficPolicy.DEFAULT.withCanary(CanaryConfig.of("2", "1")));
        assertThat(others(CallContext.EMPTY, in().at(0))).containsExactlyInAnyOrder("n1", "n2", "n3");
    }

    @Test
    void whoeverIsAskedInsteadIsNotAlwaysTheFirst() {
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            first.add(name(Objects.requireNonNull(
                    method.other(method.route(CallContext.EMPTY), CallContext.EMPTY, in(), in().at(0), each -> true))));
        }
        assertThat(first).containsExactlyInAnyOrder("n1", "n2", "n3", "n4", "n5");
    }

    @Test
    void theKeysOfOneInstanceGoToDifferentOthersAndEachAlwaysToTheSame() {
        policies.update(Fleet.SERVICE, TrafficPolicy.DEFAULT.withSticky(new StickyConfig("user", 1.25)));
        Set<String> next = new HashSet<>();
        for (int user = 0; user < 300; user++) {
            CallContext context = with("user", "u" + user);
            Candidate home = choose(context);
            String stead = instead(context, home);
            assertThat(instead(context, home)).isEqualTo(stead).isNotEqualTo(name(home));
            if (name(home).equals("n0")) {
                next.add(stead);
            }
        }
        assertThat(next).hasSize(5);
    }

    private String instead(CallContext context, Candidate chosen) {
        return name(Objects.requireNonNull(method.other(method.route(context), context, in(), chosen, each -> true)));
    }

    @Test
    void aVersionOfWeightZeroStandsInForNobody() {
        Set<String> asked = new HashSet<>();
        for (int weight = 0; weight < 2; weight++) {
            policies.update(
                    Fleet.SERVICE,
                    TrafficPolicy.DEFAULT.withRule(
                            "split",
                            TrafficRule.of(0, Match.ALL)
                                    .withSplit(new VersionWeight("1", 9), new VersionWeight("2", weight))));
            asked.clear();
            assertThat(method.standIn(
                            method.route(CallContext.EMPTY), CallContext.EMPTY, in(), each -> !asked.add(name(each))))
                    .isNull();
            assertThat(asked).hasSize(weight == 0 ? 4 : 6);
        }
    }

    @Test
    void aClientOfOneNodeFollowsNoRule() {
        policies.update(Fleet.SERVICE, TrafficPolicy.DEFAULT.withRule("new", TO_NEW));
        MethodTraffic pinned = policies.method(Fleet.SERVICE, "find", true);
        Candidates in = pinned.candidates(fleet.instances().subList(0, 1), fleet.instances(), NOW);
        Candidate chosen =
                Objects.requireNonNull(pinned.choose(pinned.route(CallContext.EMPTY), CallContext.EMPTY, in, NOW));
        assertThat(chosen.instance().version()).isEqualTo("1");
    }

    @Test
    void versionsThatNobodyHasAreAWarning() {
        TrafficPolicy policy = TrafficPolicy.DEFAULT
                .withRule("a", TrafficRule.of(0, Match.ALL).withSplit(new VersionWeight("9", 1)))
                .withRule("b", TrafficRule.of(0, Match.ALL).withMirror(new MirrorConfig("8", 1, 1)))
                .withCanary(CanaryConfig.of("7", "1"));
        assertThat(policies.update(Fleet.SERVICE, policy))
                .hasSize(3)
                .anyMatch(text -> text.contains("rule a names version 9") && text.contains("[1, 2]"))
                .anyMatch(text -> text.contains("canary names version 7"));
        assertThat(policies.policy(Fleet.SERVICE)).isEqualTo(policy);
        assertThat(fleet.decisions("traffic")).singleElement().asString().contains("policy changed");
    }

    @Test
    void aServiceThatNobodyServesIsAWarning() {
        TrafficPolicies nobody = new Fleet().policies(7, BalancePolicy.RANDOM, Map.of());
        assertThat(nobody.update(Fleet.SERVICE, TrafficPolicy.DEFAULT.withSubset(5)))
                .singleElement()
                .asString()
                .contains("nobody serves catalog now", "services: [");
        assertThat(nobody.update(Fleet.SERVICE, TrafficPolicy.DEFAULT)).isEmpty();
    }

    @Test
    void weightsThatSumToNothingAreRefused() {
        assertThatThrownBy(() -> TrafficRule.of(0, Match.ALL).withSplit(new VersionWeight("1", 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sum to 0");
        assertThatThrownBy(() ->
                        TrafficRule.of(0, Match.ALL).withSplit(new VersionWeight("1", 1), new VersionWeight("1", 2)))
                .hasMessageContaining("twice");
    }

    @Test
    void whoIsOutStaysOutWhenThePolicyChanges() {
        Candidate sick = in().at(0);
        method.ended(method.route(CallContext.EMPTY), in().at(1), Ended.GOOD, 1, NOW);
        for (int i = 0; i < 5; i++) {
            method.ended(method.route(CallContext.EMPTY), sick, Ended.FAILED, 1, NOW);
        }
        assertThat(in().size()).isEqualTo(5);
        policies.update(Fleet.SERVICE, TrafficPolicy.DEFAULT.withRule("new", TO_NEW));
        assertThat(in().size()).isEqualTo(5);
        assertThat(fleet.meters.get("holdfast.outlier.ejected").gauge().value()).isEqualTo(1);
    }

    @Test
    void theOnlyInstanceOfAVersionGetsItsProbesThroughTheSplit() {
        Fleet few = new Fleet().with(3, "1").with(1, "2");
        TrafficPolicies own = few.policies(
                3, BalancePolicy.ROUND_ROBIN, Map.of("catalog", TrafficPolicy.DEFAULT.withRule("new", TO_NEW)));
        MethodTraffic calls = own.method(Fleet.SERVICE, "find", false);
        Route route = calls.route(CallContext.EMPTY);
        long now = NOW;
        for (int i = 0; i < 5; i++) {
            Candidate chosen = Objects.requireNonNull(calls.choose(
                    route, CallContext.EMPTY, calls.candidates(few.instances(), few.instances(), now), now));
            assertThat(chosen.instance().version()).isEqualTo("2");
            calls.ended(route, chosen, Ended.FAILED, 1, now);
        }
        Candidates left = calls.candidates(few.instances(), few.instances(), now);
        assertThat(Objects.requireNonNull(calls.choose(route, CallContext.EMPTY, left, now))
                        .instance()
                        .version())
                .isEqualTo("1");
        now += Duration.ofSeconds(11).toNanos();
        Candidates probing = calls.candidates(few.instances(), few.instances(), now);
        Candidate probe = Objects.requireNonNull(calls.choose(route, CallContext.EMPTY, probing, now));
        assertThat(probe.instance().version()).isEqualTo("2");
        assertThat(probe.probe()).isTrue();
        Candidate besides = Objects.requireNonNull(calls.choose(route, CallContext.EMPTY, probing, now));
        assertThat(besides.instance().version())
                .as("one probe at a time; the others go elsewhere")
                .isEqualTo("1");
    }

    @Test
    void copiesAreBoundedAndNeverOfACopy() {
        policies.update(
                Fleet.SERVICE,
                TrafficPolicy.DEFAULT.withRule(
                        "copy", TrafficRule.of(0, Match.ALL).withMirror(new MirrorConfig("2", 1, 2))));
        Route route = method.route(CallContext.EMPTY);
        Candidate copy = Objects.requireNonNull(method.mirror(route, CallContext.EMPTY, in()));
        assertThat(copy.instance().version()).isEqualTo("2");
        assertThat(method.mirror(route, CallContext.EMPTY, in())).isNotNull();
        assertThat(method.mirror(route, CallContext.EMPTY, in()))
                .as("two at most")
                .isNull();
        method.mirrored(route, true);
        assertThat(method.mirror(route, with(MirrorConfig.MARK, "true"), in())).isNull();
        assertThat(method.mirror(route, CallContext.EMPTY, in())).isNotNull();
    }

    @Test
    void copiesTakeNoTurnOfTheCalls() {
        Fleet two = new Fleet().with(2, "1").with(1, "2");
        TrafficRule copy = TrafficRule.of(0, Match.ALL)
                .withSplit(new VersionWeight("1", 1))
                .withMirror(new MirrorConfig("2", 1, 1000));
        MethodTraffic calls = two.policies(
                        3, BalancePolicy.ROUND_ROBIN, Map.of("catalog", TrafficPolicy.DEFAULT.withRule("copy", copy)))
                .method(Fleet.SERVICE, "find", false);
        Route route = calls.route(CallContext.EMPTY);
        Candidates all = calls.candidates(two.instances(), two.instances(), NOW);
        Set<Object> had = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            had.add(Objects.requireNonNull(calls.choose(route, CallContext.EMPTY, all, NOW))
                    .instance());
            assertThat(calls.mirror(route, CallContext.EMPTY, all)).isNotNull();
        }
        assertThat(had).hasSize(2);
    }

    @Test
    void copiesUnderWayCountOnWhenAnotherRuleChanges() {
        TrafficPolicy copying = TrafficPolicy.DEFAULT.withRule(
                "copy", TrafficRule.of(0, Match.ALL).withMirror(new MirrorConfig("2", 1, 1)));
        policies.update(Fleet.SERVICE, copying);
        assertThat(method.mirror(method.route(CallContext.EMPTY), CallContext.EMPTY, in()))
                .isNotNull();
        policies.update(Fleet.SERVICE, copying.withSubset(3));
        assertThat(method.mirror(method.route(CallContext.EMPTY), CallContext.EMPTY, in()))
                .as("one at most, and it is under way")
                .isNull();
        method.mirrored(method.route(CallContext.EMPTY), true);
        assertThat(method.mirror(method.route(CallContext.EMPTY), CallContext.EMPTY, in()))
                .isNotNull();
    }

    @Test
    void faultsHitTheirShare() {
        policies.update(
                Fleet.SERVICE,
                TrafficPolicy.DEFAULT.withRule(
                        "broken",
                        TrafficRule.of(0, Match.ALL)
                                .withFault(new RouteFaultConfig(
                                        Optional.of(Duration.ofMillis(50)), 0.5, Optional.of("on purpose"), 0.2))));
        Route route = method.route(CallContext.EMPTY);
        int errors = 0;
        int late = 0;
        for (int i = 0; i < 10_000; i++) {
            Fault fault = method.fault(route);
            errors += fault instanceof Fault.Error ? 1 : 0;
            late += fault instanceof Fault.Latency ? 1 : 0;
        }
        assertThat(errors).isBetween(1800, 2200);
        assertThat(late).isBetween(3700, 4300); // half of the rest
    }

    @Test
    void aPolicyIsReadFromConfiguration() {
        TrafficPolicy read = Objects.requireNonNull(Configuration.builder()
                .settings(Map.of(
                        "holdfast.traffic.catalog.subset", "20",
                        "holdfast.traffic.catalog.sticky.key", "user",
                        "holdfast.traffic.catalog.outlier.latency-factor", "4",
                        "holdfast.traffic.catalog.rules.beta.match.headers", "group=beta",
                        "holdfast.traffic.catalog.rules.beta.split", "1.4.0=90, 1.5.0=10",
                        "holdfast.traffic.catalog.rules.beta.timeout", "300ms",
                        "holdfast.traffic.catalog.canary.version", "1.5.0",
                        "holdfast.traffic.catalog.canary.baseline", "1.4.0"))
                .build()
                .bind(List.of(TrafficConfig.SECTION))
                .get(TrafficConfig.SECTION)
                .traffic()
                .get("catalog"));
        Match beta = new Match(List.of(), List.of(HeaderMatch.parse("group=beta")), Optional.empty(), Optional.empty());
        TrafficPolicy same = TrafficPolicy.DEFAULT
                .withSubset(20)
                .withSticky(new StickyConfig("user", 1.25))
                .withRule(
                        "beta",
                        TrafficRule.of(0, beta)
                                .withSplit(new VersionWeight("1.4.0", 90), new VersionWeight("1.5.0", 10))
                                .withTimeout(Duration.ofMillis(300)))
                .withCanary(CanaryConfig.of("1.5.0", "1.4.0"));
        assertThat(read.withOutlier(same.outlier())).isEqualTo(same);
        assertThat(read.outlier().latencyFactor()).isEqualTo(4);
    }
}
