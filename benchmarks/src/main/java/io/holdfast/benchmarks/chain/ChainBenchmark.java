package io.holdfast.benchmarks.chain;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.benchmarks.run.Options.Option;
import io.holdfast.benchmarks.run.TextTable;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/** Five nodes in one JVM over loopback, a service on each; every request goes through all five, and the last one fails. Beside it the same with plain Resilience4j, without a wire. */
final class ChainBenchmark {
    private static final int TIERS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final double BAR = 1.2;

    private final LongAdder bottom = new LongAdder();
    private final int failingPercent;
    private final List<HoldfastNode> nodes = new ArrayList<>();

    private ChainBenchmark(int failingPercent) {
        this.failingPercent = failingPercent;
    }

    /** See {@code benchmarks/run-chain --help}. */
    public static void main(String[] arguments) {
        Options options = Options.parse(
                "run-chain",
                arguments,
                new Option("requests", "3000", "requests at the top, one after the other"),
                new Option("failing", "25,50,100", "percent of the calls at the bottom that fail"),
                new Option("naive-requests", "20", "requests of the naive chain"));
        TextTable table = new TextTable("chain", "bottom fails", "requests", "calls at the bottom", "load", "answered");
        for (int failing : options.numbers("failing")) {
            naive(options.number("naive-requests"), failing, table);
            new ChainBenchmark(failing).holdfast(options.number("requests"), table);
        }
        System.out.println(table);
        System.out.println("bar: load at the bottom of Holdfast at 100 % at most " + BAR + " of the offered load");
        System.exit(0);
    }

    private int atTheBottom(int request) {
        bottom.increment();
        if (Math.floorMod(bottom.intValue() * 37, 100) < failingPercent) {
            throw new IllegalStateException("the bottom fails");
        }
        return request;
    }

    private void holdfast(int requests, TextTable table) {
        try {
            HoldfastNode client = start();
            Tiers.First first = client.client(Tiers.First.class);
            LongAdder answered = new LongAdder();
            for (int i = 0; i < requests; i++) {
                try {
                    first.answer(i);
                    answered.increment();
                } catch (HoldfastException failed) {
                    // what is measured is the load, not the answers
                }
            }
            row(table, "Holdfast, 3 retries a tier", failingPercent, requests, bottom.sum(), answered.sum());
        } finally {
            nodes.forEach(HoldfastNode::close);
        }
    }

    /** The nodes of the tiers, and one that calls the first. Each tier's client is made at its first call: the tiers find each other meanwhile. */
    private HoldfastNode start() {
        HoldfastNode client = node("client");
        serve("tier-5", node -> new Tiers.BottomTier(this::atTheBottom));
        serve("tier-4", node -> new Tiers.FourthTier(once(() -> node.client(Tiers.Bottom.class)::answer)));
        serve("tier-3", node -> new Tiers.ThirdTier(once(() -> node.client(Tiers.Fourth.class)::answer)));
        serve("tier-2", node -> new Tiers.SecondTier(once(() -> node.client(Tiers.Third.class)::answer)));
        serve("tier-1", node -> new Tiers.FirstTier(once(() -> node.client(Tiers.Second.class)::answer)));
        for (HoldfastNode node : nodes) {
            for (int tier = 1; tier <= TIERS; tier++) {
                node.services()
                        .awaitInstances(ServiceName.of("tier-" + tier), 1, LIMIT)
                        .toCompletableFuture()
                        .join();
            }
        }
        return client;
    }

    private HoldfastNode node(String name) {
        String[] seeds = nodes.stream().map(node -> node.address().toString()).toArray(String[]::new);
        HoldfastNode node = Holdfast.node(name).seeds(seeds).start().awaitReady(LIMIT);
        nodes.add(node);
        return node;
    }

    private void serve(String name, Function<HoldfastNode, Object> service) {
        HoldfastNode node = node(name);
        node.host(service.apply(node));
    }

    private static IntUnaryOperator once(Supplier<IntUnaryOperator> client) {
        IntUnaryOperator[] made = new IntUnaryOperator[1];
        return request -> {
            synchronized (made) {
                if (made[0] == null) {
                    made[0] = client.get();
                }
            }
            return made[0].applyAsInt(request);
        };
    }

    /** Three attempts at each of five tiers, as stacked decorators do. */
    private static void naive(int requests, int failingPercent, TextTable table) {
        ChainBenchmark chain = new ChainBenchmark(failingPercent);
        RetryConfig numbers = RetryConfig.custom()
                .maxAttempts(3)
                .waitDuration(Duration.ofNanos(1_000_000))
                .intervalFunction(attempt -> 1L)
                .build();
        IntUnaryOperator next = chain::atTheBottom;
        for (int tier = TIERS; tier >= 1; tier--) {
            IntUnaryOperator below = next;
            Retry retry = Retry.of("tier-" + tier, numbers);
            next = request -> retry.executeSupplier(() -> below.applyAsInt(request));
        }
        LongAdder answered = new LongAdder();
        for (int i = 0; i < requests; i++) {
            try {
                if (next.applyAsInt(i) == i) {
                    answered.increment();
                }
            } catch (IllegalStateException failed) {
                // what is measured is the load, not the answers
            }
        }
        row(table, "Resilience4j, 3 attempts a tier", failingPercent, requests, chain.bottom.sum(), answered.sum());
    }

    private static void row(TextTable table, String chain, int failing, int requests, long calls, long answered) {
        table.row(
                chain,
                failing + " %",
                Integer.toString(requests),
                Long.toString(calls),
                String.format(Locale.ROOT, "%.2f", (double) calls / requests),
                String.format(Locale.ROOT, "%.1f %%", 100.0 * answered / requests));
    }
}
