package io.holdfast.benchmarks.chain;

import io.holdfast.circuitbreaker.Retry;
import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;
import java.util.function.IntUnaryOperator;

/** The contracts of five tiers, each a service of its own, and what serves them: each calls the next, whatever that is. */
final class Tiers {
    private Tiers() {}

    /** The first tier. */
    @RemoteService("tier-1")
    @Idempotent
    @Retry(maxRetries = 3)
    public interface First {
        /** Answers, or fails as the bottom does. */
        int answer(int request);
    }

    /** The second tier. */
    @RemoteService("tier-2")
    @Idempotent
    @Retry(maxRetries = 3)
    public interface Second {
        /** Answers, or fails as the bottom does. */
        int answer(int request);
    }

    /** The third tier. */
    @RemoteService("tier-3")
    @Idempotent
    @Retry(maxRetries = 3)
    public interface Third {
        /** Answers, or fails as the bottom does. */
        int answer(int request);
    }

    /** The fourth tier. */
    @RemoteService("tier-4")
    @Idempotent
    @Retry(maxRetries = 3)
    public interface Fourth {
        /** Answers, or fails as the bottom does. */
        int answer(int request);
    }

    /** The bottom. */
    @RemoteService("tier-5")
    @Idempotent
    @Retry(maxRetries = 3)
    public interface Bottom {
        /** Answers or fails. */
        int answer(int request);
    }

    /** Serves the first tier. */
    record FirstTier(IntUnaryOperator next) implements First {
        @Override
        public int answer(int request) {
            return next.applyAsInt(request);
        }
    }

    /** Serves the second tier. */
    record SecondTier(IntUnaryOperator next) implements Second {
        @Override
        public int answer(int request) {
            return next.applyAsInt(request);
        }
    }

    /** Serves the third tier. */
    record ThirdTier(IntUnaryOperator next) implements Third {
        @Override
        public int answer(int request) {
            return next.applyAsInt(request);
        }
    }

    /** Serves the fourth tier. */
    record FourthTier(IntUnaryOperator next) implements Fourth {
        @Override
        public int answer(int request) {
            return next.applyAsInt(request);
        }
    }

    /** Serves the bottom. */
    record BottomTier(IntUnaryOperator next) implements Bottom {
        @Override
        public int answer(int request) {
            return next.applyAsInt(request);
        }
    }
}
