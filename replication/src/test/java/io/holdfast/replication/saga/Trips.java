package io.holdfast.replication.saga;

import java.time.Duration;
import java.util.List;

/** The definitions that the simulation runs. */
final class Trips {
    static final List<String> ORDER = List.of("reserve", "charge", "ship", "gift", "finish");
    static final List<String> LEG = List.of("seat", "ticket");
    static final List<String> BUNDLE = List.of("book", "insure");
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final StepRetry QUICK = new StepRetry(4, Duration.ofMillis(100), Duration.ofMillis(400));

    final SagaDefinition<String> order;
    final SagaDefinition<String> leg;
    final SagaDefinition<String> bundle;
    final SagaDefinition<String> letter;

    Trips(Bank bank) {
        order = order(bank);
        leg = leg(bank);
        bundle = bundle(bank);
        letter = letter(bank);
    }

    List<SagaDefinition<String>> all() {
        return List.of(order, leg, bundle, letter);
    }

    private static SagaBuilder<String> begin(String name) {
        return Saga.define(name, 1, String.class, new Texts());
    }

    private static SagaBuilder<String> paid(SagaBuilder<String> builder, String step, Bank bank, boolean mayRefuse) {
        return builder.step(step, String.class, (context, input) -> bank.pay(context, mayRefuse))
                .compensate((context, input, result) -> bank.payBack(context))
                .retry(QUICK)
                .retryCompensation(QUICK)
                .timeout(PATIENCE);
    }

    private static SagaDefinition<String> order(Bank bank) {
        SagaBuilder<String> builder = begin("order").deadline(Duration.ofSeconds(60));
        paid(builder, "reserve", bank, true);
        paid(builder, "charge", bank, true);
        builder.parallel(
                "deliver",
                branch -> paid(branch, "ship", bank, true).sleep("cool", Duration.ofMillis(300)),
                branch -> branch.step("mail", String.class, (context, input) -> bank.mail(context))
                        .notIdempotent((context, input) -> bank.isMailed(context.idempotencyKey(), context.attempt())
                                ? StepStatus.done("mailed")
                                : StepStatus.notDone())
                        .retry(QUICK)
                        .timeout(PATIENCE),
                branch -> paid(branch, "gift", bank, true));
        builder.awaitSignal("confirm", String.class, Duration.ofSeconds(20));
        return paid(builder, "finish", bank, true).build();
    }

    private static SagaDefinition<String> leg(Bank bank) {
        SagaBuilder<String> builder = begin("leg");
        paid(builder, "seat", bank, true);
        return paid(builder, "ticket", bank, false).build();
    }

    private SagaDefinition<String> bundle(Bank bank) {
        SagaBuilder<String> builder = begin("bundle").deadline(Duration.ofSeconds(90));
        paid(builder, "book", bank, false);
        builder.parallel(
                "legs",
                branch -> branch.child("there", leg, (context, input) -> input + " there"),
                branch -> branch.child("back", leg, (context, input) -> input + " back"));
        return paid(builder, "insure", bank, true).build();
    }

    private static SagaDefinition<String> letter(Bank bank) {
        SagaBuilder<String> builder = begin("letter").deadline(Duration.ofSeconds(45));
        paid(builder, "stamp", bank, false);
        builder.step("post", String.class, (context, input) -> bank.mail(context))
                .notIdempotent()
                .compensate((context, input, result) -> bank.unmail(context))
                .timeout(PATIENCE);
        return paid(builder, "file", bank, true).build();
    }
}
