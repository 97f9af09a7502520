package io.holdfast.examples.streaming.load;

import java.util.List;

/**
 * What the requests saw.
 *
 * @param requests how many were sent, each counted once
 * @param failed how many had no correct answer in time
 * @param retried how many were sent again to another gateway because the first refused or reset the connection
 * @param p50Millis the median time from when a request should have left to its correct answer
 * @param p99Millis the same for the slowest hundredth
 * @param longestGapMillis the longest time without a correct answer
 * @param writes how many correct answers to writes there were
 * @param longestWriteGapMillis the longest time without a correct answer to a write; 0 if there was no write
 * @param failures the failures by cause, the most frequent cause first
 */
public record LoadReport(
        long requests,
        long failed,
        long retried,
        double p50Millis,
        double p99Millis,
        long longestGapMillis,
        long writes,
        long longestWriteGapMillis,
        List<FailureGroup> failures) {}
