package io.holdfast.benchmarks.shards;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The shard map as an operator reads it from an admin page.
 *
 * @param owners by shard; empty if it has none
 * @param moving shards with a planned or begun move
 * @param members nodes that can own shards
 */
record ShardView(List<String> owners, Set<Integer> moving, Set<String> members) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern PLANNED = Pattern.compile("\\{\"shard\":(\\d+),\"from\":");
    private static final Pattern OWNED =
            Pattern.compile("\\{\"shard\":(\\d+),\"owner\":\"([^\"]*)\",\"epoch\":\\d+(,\"movingTo\":)?");
    private static final Pattern ENTITIES = Pattern.compile("\"entitiesInMemoryHere\":(\\d+)");
    private static final Pattern MEMBER = Pattern.compile("\\{\"node\":\"([^\"]+)\",\"shards\":");

    static ShardView of(URI admin) {
        String page = page(admin.resolve("/admin/shards"));
        List<String> owners = new ArrayList<>();
        Set<Integer> moving = new TreeSet<>();
        PLANNED.matcher(page).results().map(ShardView::number).forEach(moving::add);
        OWNED.matcher(page).results().forEach(found -> {
            owners.add(found.group(2));
            if (found.group(3) != null) {
                moving.add(number(found));
            }
        });
        Set<String> members = new TreeSet<>();
        MEMBER.matcher(page).results().forEach(found -> members.add(found.group(1)));
        return new ShardView(owners, moving, members);
    }

    /** How many entities are in the memory of the node whose page it is. */
    static long entities(URI admin) {
        String page = page(admin.resolve("/admin/shards"));
        return ENTITIES.matcher(page)
                .results()
                .findFirst()
                .map(found -> Long.parseLong(found.group(1)))
                .orElseThrow(
                        () -> new IllegalStateException(admin + " does not say how many entities are in its memory"));
    }

    private static int number(MatchResult found) {
        return Integer.parseInt(found.group(1));
    }

    static String page(URI uri) {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new IllegalStateException(uri + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading " + uri, e);
        }
    }

    Set<Integer> of(String node) {
        Set<Integer> shards = new TreeSet<>();
        for (int shard = 0; shard < owners.size(); shard++) {
            if (owners.get(shard).equals(node)) {
                shards.add(shard);
            }
        }
        return shards;
    }

    /** Whether exactly these nodes own all shards, and nothing is to move. */
    boolean settled(Set<String> nodes) {
        return owners.size() == ShardCluster.SHARDS && moving.isEmpty() && new TreeSet<>(owners).equals(nodes);
    }

    /** Shards that another node owns in a later view. */
    Set<Integer> movedUntil(ShardView later) {
        Set<Integer> moved = new TreeSet<>();
        for (int shard = 0; shard < owners.size(); shard++) {
            if (!owners.get(shard).equals(later.owners().get(shard))) {
                moved.add(shard);
            }
        }
        return moved;
    }
}
