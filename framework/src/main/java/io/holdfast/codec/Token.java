package io.holdfast.codec;

/** What the reader stands on. */
enum Token {
    NULL,
    TRUE,
    FALSE,
    INTEGER,
    FLOAT,
    STRING,
    BYTES,
    NAME,
    START_ARRAY,
    END_ARRAY,
    START_MAP,
    END_MAP
}
