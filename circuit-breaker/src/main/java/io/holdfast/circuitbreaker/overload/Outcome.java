package io.holdfast.circuitbreaker.overload;

/** How a call ended, as far as a limit can learn from it. */
public enum Outcome {
    /** It was done, well or not: how long it took says how loaded the callee is. */
    DONE,
    /** It timed out or was refused for overload. */
    DROPPED,
    /** It says nothing: nobody waited for it any more, or it failed before any work was done. */
    SILENT
}
