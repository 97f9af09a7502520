package io.holdfast.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** The arrows between modules, one importer for each library, and the banned calls. */
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/testkit/") && !location.contains("holdfast-testkit"))
            .importPackages("io.holdfast");

    private static final String[] FRAMEWORK = {
        "io.holdfast",
        "io.holdfast.admin..",
        "io.holdfast.codec..",
        "io.holdfast.contract..",
        "io.holdfast.entity..",
        "io.holdfast.gateway..",
        "io.holdfast.inject..",
        "io.holdfast.json..",
        "io.holdfast.metrics..",
        "io.holdfast.node..",
        "io.holdfast.rpc..",
        "io.holdfast.service.."
    };

    @Test
    void allModulesAreLookedAt() {
        for (String type : new String[] {
            "io.holdfast.core.NodeId",
            "io.holdfast.transport.TransportConfig",
            "io.holdfast.discovery.swim.SwimConfig",
            "io.holdfast.Holdfast"
        }) {
            assertThat(PRODUCT.contain(type)).as(type).isTrue();
        }
    }

    @Test
    void coreKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("io.holdfast.core..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.holdfast..").and(not(resideInAPackage("io.holdfast.core.."))))
                .check(PRODUCT);
    }

    @Test
    void aFeatureKnowsCoreAndNoOtherFeature() {
        for (String feature :
                Set.of("transport", "discovery", "circuitbreaker", "consensus", "sharding", "replication")) {
            String own = "io.holdfast." + feature + "..";
            noClasses()
                    .that()
                    .resideInAPackage(own)
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("io.holdfast..").and(not(resideInAnyPackage(own, "io.holdfast.core.."))))
                    .allowEmptyShould(true)
                    .check(PRODUCT);
        }
    }

    @Test
    void noPackagesFormACycle() {
        slices().matching("io.holdfast.(**)").should().beFreeOfCycles().check(PRODUCT);
        noClasses()
                .that()
                .resideInAnyPackage("io.holdfast.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.holdfast")
                .because("the public entry points stand above every other package")
                .check(PRODUCT);
    }

    @Test
    void oneFamilyOfPackagesImportsEachLibrary() {
        importsOnlyFrom("io.netty..", "io.holdfast.transport.netty..", "io.holdfast.transport.http..");
        importsOnlyFrom("io.github.resilience4j..", "io.holdfast.circuitbreaker.resilience4j..");
        importsOnlyFrom("org.snakeyaml..", "io.holdfast.core.config.yaml..");
        importsOnlyFrom("io.micrometer.prometheusmetrics..", "io.holdfast.metrics..");
        importsOnlyFrom("tools.jackson..", "io.holdfast.codec..");
        importsOnlyFrom("jakarta.inject..", "io.holdfast.inject..");
        importsOnlyFrom("org.apache.ratis..", "io.holdfast.consensus.ratis..");
        importsOnlyFrom("com.dynatrace.hash4j..", "io.holdfast.sharding.map..", "io.holdfast.replication.version..");
        importsOnlyFrom("com.cronutils..", "io.holdfast.sharding.job.cron..");
    }

    private static void importsOnlyFrom(String library, String... importers) {
        noClasses()
                .that(not(resideInAnyPackage(importers.length == 0 ? new String[] {"nowhere"} : importers))
                        .and(resideInAPackage("io.holdfast..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(PRODUCT);
    }

    @Test
    void onlyTheEnvironmentTouchesClocksChanceAndThreads() {
        outsideEnvironment(System.class, "nanoTime");
        outsideEnvironment(System.class, "currentTimeMillis");
        outsideEnvironment(java.time.Instant.class, "now");
        outsideEnvironment(Math.class, "random");
        outsideEnvironment(java.util.UUID.class, "randomUUID");
        outsideEnvironment(java.util.concurrent.ThreadLocalRandom.class, "current");
        noClasses()
                .that(not(resideInAPackage("io.holdfast.core.env..")))
                .should()
                .callConstructorWhere(new DescribedPredicate<>("the target is Thread") {
                    @Override
                    public boolean test(com.tngtech.archunit.core.domain.JavaConstructorCall call) {
                        return call.getTargetOwner().isEquivalentTo(Thread.class);
                    }
                })
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(java.util.concurrent.Executors.class)
                .check(PRODUCT);
    }

    private static void outsideEnvironment(Class<?> owner, String method) {
        noClasses()
                .that(not(resideInAPackage("io.holdfast.core.env..")))
                .should()
                .callMethodWhere(call(owner, method))
                .because("only io.holdfast.core.env touches the real one")
                .check(PRODUCT);
    }

    private static DescribedPredicate<JavaMethodCall> call(Class<?> owner, String method) {
        return new DescribedPredicate<>("the target is %s.%s", owner.getSimpleName(), method) {
            @Override
            public boolean test(JavaMethodCall call) {
                return call.getTargetOwner().isEquivalentTo(owner)
                        && call.getName().equals(method);
            }
        };
    }

    @Test
    void onlyAnExperimentEndsTheJvmAndThatInOnePlace() {
        for (String method : Set.of("halt", "exit")) {
            noClasses()
                    .that()
                    .doNotHaveFullyQualifiedName("io.holdfast.node.ProcessFaults")
                    .and(not(resideInAPackage("io.holdfast.consensus.tool.."))) // a program of its own
                    .should()
                    .callMethodWhere(call(Runtime.class, method))
                    .orShould()
                    .callMethodWhere(call(System.class, method))
                    .check(PRODUCT);
        }
    }

    private static final ArchRule STAGES_HAVE_EXECUTORS = classes()
            .should(new com.tngtech.archunit.lang.ArchCondition<>("give ...Async stages an executor") {
                @Override
                public void check(
                        com.tngtech.archunit.core.domain.JavaClass type,
                        com.tngtech.archunit.lang.ConditionEvents events) {
                    for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                        if (access instanceof JavaMethodCall call && runsOnTheCommonPool(call)) {
                            events.add(com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                                    call, call.getDescription()));
                        }
                    }
                }
            });

    /** On two cores the default executor of CompletableFuture starts a thread for each stage. */
    private static boolean runsOnTheCommonPool(JavaMethodCall call) {
        boolean future = call.getTargetOwner().isAssignableTo(CompletionStage.class)
                || call.getTargetOwner().isAssignableTo(CompletableFuture.class);
        return future
                && call.getName().endsWith("Async")
                && call.getTarget().getRawParameterTypes().stream().noneMatch(p -> p.isAssignableTo(Executor.class));
    }

    @Test
    void everyAsyncStageNamesItsExecutor() {
        STAGES_HAVE_EXECUTORS.check(PRODUCT);
    }

    @Test
    void javaSerializationIsNeverUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(java.io.ObjectInputStream.class, java.io.ObjectOutputStream.class)
                .check(PRODUCT);
    }

    @Test
    void namesSayWhichVariantAClassIs() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Data")
                .check(PRODUCT);
    }

    @Test
    void everyPackageOfTheFrameworkIsKnownHere() {
        classes()
                .that(resideInAPackage("io.holdfast..")
                        .and(not(resideInAnyPackage(
                                "io.holdfast.core..",
                                "io.holdfast.transport..",
                                "io.holdfast.discovery..",
                                "io.holdfast.consensus..",
                                "io.holdfast.sharding..",
                                "io.holdfast.replication..",
                                "io.holdfast.circuitbreaker.."))))
                .should()
                .resideInAnyPackage(FRAMEWORK)
                .check(PRODUCT);
    }

    static final class Offender {
        CompletableFuture<String> stage() {
            return CompletableFuture.supplyAsync(() -> "on the common pool");
        }
    }

    @Test
    void theRuleAboutExecutorsFindsAnOffender() {
        JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);
        assertThatThrownBy(() -> STAGES_HAVE_EXECUTORS.check(offender)).hasMessageContaining("supplyAsync");
    }
}
