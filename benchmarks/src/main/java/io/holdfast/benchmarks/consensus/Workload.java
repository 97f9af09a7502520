package io.holdfast.benchmarks.consensus;

import java.util.Arrays;
import java.util.List;

/** What the clients do. */
enum Workload {
    /** Writes only. */
    PUT("put", 0),
    /** Nine linearizable reads to a write. */
    MIX("mix", 90),
    /** Reads only, as strong as the peer's settings say. */
    GET("get", 100);

    private final String word;
    private final int readsOfHundred;

    Workload(String word, int readsOfHundred) {
        this.word = word;
        this.readsOfHundred = readsOfHundred;
    }

    String word() {
        return word;
    }

    int readsOfHundred() {
        return readsOfHundred;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Workload::word).toList();
    }

    static Workload of(String word) {
        return Arrays.stream(values())
                .filter(workload -> workload.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("workload (" + word + ") must be one of " + words()));
    }
}
