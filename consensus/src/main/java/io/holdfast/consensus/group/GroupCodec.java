package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bytes of a {@link GroupMessage}: a version, a type, its fields; text as Java's modified UTF-8. Decoding takes bytes of any origin. */
final class GroupCodec {
    private static final int VERSION = 1;

    /** More voters than any configuration has, both sets of a change together. */
    private static final int MAX_PEERS = 16;

    private GroupCodec() {}

    static byte[] encode(GroupMessage message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(out, message);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, GroupMessage message) throws IOException {
        if (message instanceof GroupMessage.Where) {
            out.writeByte(1);
        } else if (message instanceof GroupMessage.Here here) {
            out.writeByte(2);
            out.writeUTF(here.leader().map(NodeId::value).orElse(""));
            out.writeBoolean(here.leads());
            out.writeLong(here.term());
            write(out, here.voters().current());
            write(out, here.voters().outgoing());
            out.writeLong(here.voters().index());
        } else if (message instanceof GroupMessage.Offer offer) {
            out.writeByte(3);
            out.writeUTF(offer.waiting().map(PeerId::toString).orElse(""));
        } else if (message instanceof GroupMessage.Invite) {
            out.writeByte(4);
        } else if (message instanceof GroupMessage.Dismiss dismiss) {
            out.writeByte(5);
            out.writeUTF(dismiss.peer().toString());
        } else if (message instanceof GroupMessage.Leaving) {
            out.writeByte(6);
        } else if (message instanceof GroupMessage.Released) {
            out.writeByte(7);
        } else if (message instanceof GroupMessage.LeaderLost lost) {
            out.writeByte(8);
            out.writeLong(lost.term());
            out.writeUTF(lost.leader().toString());
        } else if (message instanceof GroupMessage.Failing failing) {
            out.writeByte(9);
            out.writeUTF(failing.peer().toString());
            out.writeLong(failing.lasted().toMillis());
        }
    }

    private static void write(DataOutputStream out, List<PeerId> peers) throws IOException {
        out.writeByte(peers.size());
        for (PeerId peer : peers) {
            out.writeUTF(peer.toString());
        }
    }

    static GroupMessage decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            Check.that(version == VERSION, "its version (%s) must be %s", version, VERSION);
            GroupMessage message = read(in);
            Check.that(in.available() == 0, "%s bytes follow its end", in.available());
            return message;
        } catch (IOException | IllegalArgumentException e) {
            throw new ProtocolException("group message of " + bytes.length + " bytes cannot be read: " + e.getMessage()
                    + "; run versions of Holdfast that know each other");
        }
    }

    private static GroupMessage read(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        return switch (type) {
            case 1 -> new GroupMessage.Where();
            case 2 ->
                new GroupMessage.Here(
                        text(in).map(NodeId::of),
                        in.readBoolean(),
                        in.readLong(),
                        new Voters(peers(in), peers(in), in.readLong()));
            case 3 -> new GroupMessage.Offer(text(in).map(PeerId::parse));
            case 4 -> new GroupMessage.Invite();
            case 5 -> new GroupMessage.Dismiss(PeerId.parse(in.readUTF()));
            case 6 -> new GroupMessage.Leaving();
            case 7 -> new GroupMessage.Released();
            case 8 -> new GroupMessage.LeaderLost(in.readLong(), PeerId.parse(in.readUTF()));
            case 9 -> new GroupMessage.Failing(PeerId.parse(in.readUTF()), Duration.ofMillis(in.readLong()));
            default -> throw new IllegalArgumentException("its type (" + type + ") must be 1 to 9");
        };
    }

    private static Optional<String> text(DataInputStream in) throws IOException {
        String text = in.readUTF();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static List<PeerId> peers(DataInputStream in) throws IOException {
        int count = (int) Check.between("its number of peers", in.readUnsignedByte(), 0, MAX_PEERS);
        List<PeerId> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(PeerId.parse(in.readUTF()));
        }
        return peers;
    }
}
