package io.holdfast.transport.netty;

import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.UnavailableException;
import java.time.Duration;

/** Why a connection failed before both sides had said hello. The code is on the wire: never change one. */
enum Refusal {
    CLUSTER(1),
    VERSION(2),
    IDENTITY(3),
    FULL(4),
    MALFORMED(5),
    TIMEOUT(6),
    EVICTED(7),
    TLS(8),
    CLOSED(9);

    private static final Refusal[] ALL = values();

    private final int code;

    Refusal(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Refusal of(int code) {
        return code >= 1 && code <= ALL.length ? ALL[code - 1] : MALFORMED;
    }

    /** The exception for a call that could not be sent because of it. */
    HoldfastException asException(String message) {
        return switch (this) {
            case CLUSTER -> new ClusterMismatchException(message);
            case VERSION, MALFORMED -> new ProtocolException(message);
            case IDENTITY -> new AccessDeniedException(message);
            case FULL -> new OverloadedException(message, Duration.ofSeconds(1));
            case TIMEOUT, EVICTED, TLS, CLOSED -> new UnavailableException(message);
        };
    }
}
