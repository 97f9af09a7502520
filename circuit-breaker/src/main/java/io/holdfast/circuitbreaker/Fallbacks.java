package io.holdfast.circuitbreaker;

import io.holdfast.core.InvalidContractException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The methods that answer in place of another one, each asked with the failure of the one before. Immutable. */
final class Fallbacks {
    static final Fallbacks NONE = new Fallbacks(List.of());

    private final List<FallbackMethod> methods;

    private Fallbacks(List<FallbackMethod> methods) {
        this.methods = methods;
    }

    static Fallbacks find(Class<?> contract, Method method, String[] names, String place) {
        if (names.length == 0 || Arrays.stream(names).distinct().count() < names.length) {
            throw new InvalidContractException(
                    place + " names the fallbacks " + Arrays.toString(names) + "; name at least one, and each once");
        }
        return new Fallbacks(Arrays.stream(names)
                .map(name -> FallbackMethod.find(contract, method, name, place))
                .toList());
    }

    boolean isEmpty() {
        return methods.isEmpty();
    }

    /** The first answer; if none gives one, the failure of the last, with those before it suppressed. */
    Object answer(Object proxy, Object[] arguments, Throwable error) throws Throwable {
        Throwable last = error;
        for (FallbackMethod method : methods) {
            try {
                return method.answer(proxy, arguments, last);
            } catch (Throwable e) {
                last = following(e, last);
            }
        }
        throw last;
    }

    /** As {@link #answer}, where the methods return stages. */
    CompletionStage<Object> answerAsync(Object proxy, Object[] arguments, Throwable error) {
        return answerAsync(0, proxy, arguments, error);
    }

    private CompletionStage<Object> answerAsync(int index, Object proxy, Object[] arguments, Throwable error) {
        if (index == methods.size()) {
            return CompletableFuture.failedFuture(error);
        }
        CompletionStage<Object> answer;
        try {
            answer = methods.get(index).answer(proxy, arguments, error);
        } catch (Throwable e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle((value, failure) -> failure == null
                        ? CompletableFuture.completedStage(value)
                        : answerAsync(index + 1, proxy, arguments, following(Pipeline.unwrap(failure), error)))
                .thenCompose(next -> next);
    }

    private static Throwable following(Throwable error, Throwable before) {
        if (error != before && !Arrays.asList(error.getSuppressed()).contains(before)) {
            error.addSuppressed(before);
        }
        return error;
    }

    String describe() {
        return methods.isEmpty() ? "" : methods.size() == 1 ? "fallback > " : "fallback(" + methods.size() + ") > ";
    }
}
