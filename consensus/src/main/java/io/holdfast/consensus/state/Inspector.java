package io.holdfast.consensus.state;

import io.holdfast.consensus.state.Inspection.Kind;
import io.holdfast.consensus.state.Inspection.Resident;
import io.holdfast.consensus.state.Inspection.Used;
import java.util.ArrayList;
import java.util.List;

/** Looks through the state for one {@link Query.Inspect}. */
final class Inspector {
    private final CommandScope.State state;
    private final Moment moment;
    private final Query.Inspect wanted;
    private long bytes;

    Inspector(CommandScope.State state, Moment moment, Query.Inspect wanted) {
        this.state = state;
        this.moment = moment;
        this.wanted = wanted;
    }

    Inspection look(Types types, Digest digest) {
        List<Kind> kinds = types.all().stream()
                .filter(type -> wanted.type() == 0 || wanted.type() == type.id())
                .map(this::kind)
                .filter(kind -> !kind.used().isEmpty())
                .toList();
        List<Resident> sessions = new ArrayList<>();
        boolean more = state.sessions().list(wanted.afterSession(), (id, known) -> {
            boolean fits = sessions.size() < wanted.limit();
            if (fits) {
                sessions.add(new Resident(
                        id,
                        known.owner(),
                        known.ttlNanos(),
                        Math.max(0, moment.logNanos() - known.seenNanos()),
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
        type.outline(new CommandScope(state, moment, 0).resource(type.id(), name), outline);
        bytes += name.length() + outline.length();
        return new Used(name, state.store().size(resource), state.store().bytes(resource), outline.toBytes());
    }
}
