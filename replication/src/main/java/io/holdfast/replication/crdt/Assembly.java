package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import io.holdfast.core.ProtocolException;
import io.holdfast.replication.crdt.CrdtMessage.Part;
import io.holdfast.replication.crdt.CrdtMessage.Piece;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Pieces of large objects that came so far: of one transfer of each peer, and no more than a bound. What is dropped is sent again, for only whole objects are acknowledged. Belongs to the protocol. */
final class Assembly {
    private static final class Pieces {
        private final long run;
        private final long transfer;
        private final Map<Integer, TreeMap<Integer, byte[]>> byFirst = new HashMap<>();
        private long bytes;

        Pieces(long run, long transfer) {
            this.run = run;
            this.transfer = transfer;
        }
    }

    /** About what a piece takes beside its bytes. */
    private static final int OVERHEAD = 64;

    private final long maxBytes;
    private final Map<Address, Pieces> peers = new HashMap<>();

    /**
     * Makes an empty one.
     *
     * @param maxBytes how much is kept for a peer
     */
    Assembly(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes a piece; gives the object if it is the last one missing. Throws {@link ProtocolException} if it is none of its object. */
    Optional<byte[]> add(Address from, Part part, Piece piece) {
        int last = piece.first() + piece.count() - 1;
        if (piece.count() < 1 || part.number() < piece.first() || part.number() > last) {
            throw new ProtocolException("piece " + part.number() + " of a CRDT must be one of " + piece.first() + " to "
                    + last + "; the sender is broken or no Holdfast node");
        }
        Pieces known = peers.get(from);
        if (known == null || known.run != part.run() || known.transfer != part.transfer()) {
            known = new Pieces(part.run(), part.transfer());
            peers.put(from, known);
        }
        TreeMap<Integer, byte[]> object = known.byFirst.computeIfAbsent(piece.first(), any -> new TreeMap<>());
        if (object.put(part.number(), piece.bytes()) == null) {
            known.bytes += piece.bytes().length + OVERHEAD;
        }
        if (object.size() < piece.count()) {
            if (known.bytes > maxBytes) {
                peers.remove(from);
            }
            return Optional.empty();
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        object.values().forEach(whole::writeBytes);
        known.byFirst.remove(piece.first());
        known.bytes -= whole.size() + (long) OVERHEAD * object.size();
        return Optional.of(whole.toByteArray());
    }

    void retain(Collection<Address> present) {
        peers.keySet().retainAll(present);
    }

    void forget(Address peer) {
        peers.remove(peer);
    }
}
