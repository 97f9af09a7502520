package io.holdfast.consensus.state;

import io.holdfast.consensus.state.Inspection.Kind;
import io.holdfast.consensus.state.Inspection.Resident;
import io.holdfast.consensus.state.Inspection.Used;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks through the state for one {@link Query.Inspect}. */
final class Inspector {
    private final CommandScope.State state;
    private final long revision;
    private final long logNanos;
    private final Query.Inspect wanted;
    private long bytes;

    Inspector(CommandScope.State state, long revision, long logNanos, Query.Inspect wanted) {
        this.state = state;
        this.revision = revision;
        this.logNanos = logNanos;
        this.wanted = wanted;
    }

    Inspection look(@Nullable PrimitiveType[] types, Digest digest) {
        List<Kind> kinds = new ArrayList<>();
        for (PrimitiveType type : types) {
            if (type != null && (wanted.type() == 0 || wanted.type() == type.id())) {
                Kind kind = kind(type);
                if (!kind.used().isEmpty()) {
                    kinds.add(kind);
                }
            }
        }
        List<Resident> sessions = new ArrayList<>();
        boolean more = state.sessions().list(wanted.afterSession(), (id, known) -> {
            boolean fits = sessions.size() < wanted.limit();
            if (fits) {
                sessions.add(new Resident(
                        id,
                        known.owner(),
                        known.ttlNanos(),
                        Math.max(0, logNanos - known.seenNanos()),
                        state.sessions().holding(id)));
            }
            return fits;
        });
        return new Inspection(digest, sessions, more, kinds);
    }

    private Kind kind(PrimitiveType type) {
        List<Used> used = new ArrayList<>();
        boolean more = state.catalogue().list(type.id(), wanted.after(), (name, resource) -> {
            boolean fits = used.size() < wanted.limit() && bytes < Inspection.MAX_BYTES;
            if (fits) {
                used.add(used(type, name, resource));
            }
            return fits;
        });
        return new Kind(type.id(), type.name(), more, used);
    }

    private Used used(PrimitiveType type, String name, long resource) {
        ByteWriter outline = new ByteWriter(64);
        type.outline(new CommandScope(state, revision, logNanos, 0).resource(type.id(), name), outline);
        bytes += name.length() + outline.length();
        return new Used(name, state.store().size(resource), state.store().bytes(resource), outline.toBytes());
    }
}
