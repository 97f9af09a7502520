package io.holdfast.benchmarks.shards;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node's part in the group in which the shard map lies, as its admin page tells it.
 *
 * @param votes whether it has a replica
 * @param leads whether that leads
 */
record MetaSeat(boolean votes, boolean leads) {
    private static final Pattern GROUP =
            Pattern.compile("\\{\"group\":\"default\".*?(?=\\{\"group\":|$)", Pattern.DOTALL);

    static MetaSeat of(String page) {
        Matcher group = GROUP.matcher(page);
        if (!group.find()) {
            return new MetaSeat(false, false);
        }
        return new MetaSeat(
                group.group().contains("\"replica\":{"), group.group().contains("\"role\":\"LEADER\""));
    }
}
