package io.holdfast.replication.saga;

/** Tells how a history and a definition differ. */
final class Divergence {
    private Divergence() {}

    /** Throws if a saga was started with another structure. */
    static void check(String id, SagaRecord.Started started, SagaPlan plan) {
        if (!started.definition().equals(plan.name()) || started.version() != plan.version()) {
            throw new SagaDivergedException("saga " + id + " is a " + started.definition() + "/" + started.version()
                    + " and cannot go on as " + plan + "; register the definition with which it was started");
        }
        if (started.structure().equals(plan.structure())) {
            return;
        }
        String[] then = started.structure().split("\n", -1);
        String[] now = plan.structure().split("\n", -1);
        int line = 0;
        while (line < then.length && line < now.length && then[line].equals(now[line])) {
            line++;
        }
        throw new SagaDivergedException("saga " + id + " was started when line " + (line + 1) + " of " + plan + " was '"
                + lineOf(then, line) + "', and it is '" + lineOf(now, line)
                + "' now; deploy the former definition beside it, and give the changed one a new version");
    }

    private static String lineOf(String[] lines, int line) {
        return line >= lines.length || lines[line].isEmpty() ? "(the end)" : lines[line].strip();
    }

    static SagaDivergedException of(String id, SagaPlan plan, SagaRecord record, String why) {
        return new SagaDivergedException("the history of saga " + id + " has " + brief(record) + ", but " + why
                + ", as " + plan + " is now; deploy the former definition, and give the changed one a new version");
    }

    private static String brief(SagaRecord record) {
        if (record instanceof SagaRecord.Attempted attempted) {
            return "attempt " + attempted.attempt() + " to " + attempted.direction() + " step " + attempted.step();
        } else if (record instanceof SagaRecord.Succeeded succeeded) {
            return "the result of step " + succeeded.step();
        } else if (record instanceof SagaRecord.Waiting waiting) {
            return "the wait of step " + waiting.step();
        }
        return "a record " + record.getClass().getSimpleName();
    }
}
