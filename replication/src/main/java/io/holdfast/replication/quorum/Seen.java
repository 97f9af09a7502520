package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import java.util.LinkedHashSet;
import java.util.Set;

/** The requests that this node has begun lately: one that comes twice is one write. */
final class Seen {
    private static final int MAX = 8192;

    private record Request(Address from, long id) {}

    private final Set<Request> requests = new LinkedHashSet<>();

    boolean isFirst(Address from, long id) {
        if (!requests.add(new Request(from, id))) {
            return false;
        }
        if (requests.size() > MAX) {
            requests.remove(requests.iterator().next());
        }
        return true;
    }
}
