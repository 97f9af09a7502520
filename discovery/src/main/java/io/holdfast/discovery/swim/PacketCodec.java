package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The bytes of a {@link Packet}: a version byte, the head, the body, the rumours; laid out by hand, numbers as LEB128. Safe for use by many threads.
 *
 * <p>Decoding takes bytes of any origin: every count and length has a bound, and a list never claims more items than bytes are left.
 */
public final class PacketCodec {
    /** The version of the layout; a node drops packets of another one. */
    public static final int VERSION = 2;

    static final int MAX_CLUSTER_ID = 64;
    static final int MAX_LIST = 32_768;
    private static final int MAX_ADDRESSES = 1024;
    private static final int MAX_REASON = 2048;
    private static final MemberState[] STATES = MemberState.values();

    private PacketCodec() {}

    /**
     * Encodes a packet.
     *
     * @param packet the packet
     * @return new bytes
     */
    public static byte[] encode(Packet packet) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.text(packet.cluster());
        out.text(packet.clusterId());
        out.text(packet.sender().value());
        writeBody(out, packet.body());
        out.number(packet.rumors().size());
        packet.rumors().forEach(rumor -> writeRumor(out, rumor));
        return out.bytes();
    }

    /**
     * Decodes a packet.
     *
     * @param bytes bytes of any origin
     * @return the packet
     * @throws io.holdfast.core.ProtocolException if they are no packet of this version; the message names the byte and the flaw. Drop them
     */
    public static Packet decode(byte[] bytes) {
        WireReader in = new WireReader("swim message", bytes);
        in.version("swim message", VERSION);
        String cluster = in.text("cluster name", 63);
        String clusterId = in.text("cluster id", MAX_CLUSTER_ID);
        NodeId sender = node(in, "sender");
        Body body = readBody(in);
        List<Rumor> rumors = list(in, "rumours", MAX_LIST, () -> readRumor(in));
        in.end();
        return new Packet(cluster, clusterId, sender, body, rumors);
    }

    private static void writeBody(WireWriter out, Body body) {
        if (body instanceof Body.Ping ping) {
            writeProbe(out, 1, ping.sequence(), ping.target());
        } else if (body instanceof Body.Ack ack) {
            writeProbe(out, 2, ack.sequence(), ack.target());
        } else if (body instanceof Body.PingRequest request) {
            writeProbe(out, 3, request.sequence(), request.target());
            write(out, request.address());
        } else if (body instanceof Body.Nack nack) {
            writeProbe(out, 4, nack.sequence(), nack.target());
            out.u8(nack.lost() ? 1 : 0);
        } else if (body instanceof Body.Gossip) {
            out.u8(5);
        } else if (body instanceof Body.Digest digest) {
            out.u8(6);
            out.fixed64(digest.members());
            out.fixed64(digest.services());
            out.fixed64(digest.notes());
        } else if (body instanceof Body.State state) {
            writeState(out, state);
        } else if (body instanceof Body.Offers offers) {
            out.u8(8);
            out.number(offers.offers().size());
            offers.offers().forEach(offer -> writeOffer(out, offer));
        } else if (body instanceof Body.Notes told) {
            out.u8(17);
            out.number(told.notes().size());
            told.notes().forEach(note -> writeNote(out, note));
        } else {
            writeForming(out, body);
        }
    }

    private static void writeForming(WireWriter out, Body body) {
        if (body instanceof Body.Hello hello) {
            out.u8(9);
            out.fixed64(hello.nonce());
            out.number(hello.expect());
            writeMember(out, hello.self());
            write(out, hello.dialled());
            writeAddresses(out, hello.aliases());
            writeAddresses(out, hello.others());
        } else if (body instanceof Body.Welcome) {
            out.u8(10);
        } else if (body instanceof Body.Refuse refuse) {
            out.u8(11);
            out.text(refuse.reason().substring(0, Math.min(500, refuse.reason().length())));
            out.u8(refuse.last() ? 1 : 0);
        } else if (body instanceof Body.Prepare prepare) {
            out.u8(12);
            out.number(prepare.ballot());
            out.number(prepare.quorum());
        } else if (body instanceof Body.Promise promise) {
            out.u8(13);
            out.number(promise.ballot());
            out.number(promise.acceptedBallot());
            promise.value().write(out);
        } else if (body instanceof Body.Accept accept) {
            out.u8(14);
            out.number(accept.ballot());
            out.number(accept.quorum());
            accept.value().write(out);
        } else if (body instanceof Body.Accepted accepted) {
            out.u8(15);
            out.number(accepted.ballot());
        } else if (body instanceof Body.Outbid outbid) {
            out.u8(16);
            out.number(outbid.ballot());
        } else {
            throw new IllegalStateException("no layout for " + body);
        }
    }

    private static Body readBody(WireReader in) {
        int type = in.u8("body type");
        return switch (type) {
            case 1 -> new Body.Ping(in.number("sequence"), node(in, "target"));
            case 2 -> new Body.Ack(in.number("sequence"), node(in, "target"));
            case 3 -> new Body.PingRequest(in.number("sequence"), node(in, "target"), address(in));
            case 4 -> new Body.Nack(in.number("sequence"), node(in, "target"), in.flag("lost"));
            case 5 -> new Body.Gossip();
            case 6 -> new Body.Digest(in.fixed64("member hash"), in.fixed64("service hash"), in.fixed64("note hash"));
            case 7 -> readState(in);
            case 8 -> new Body.Offers(list(in, "offers", MAX_LIST, () -> readOffer(in)));
            case 9 ->
                new Body.Hello(
                        in.fixed64("nonce"),
                        in.number("expect", 1000),
                        readMember(in),
                        address(in),
                        list(in, "aliases", MAX_ADDRESSES, () -> address(in)),
                        list(in, "addresses", MAX_ADDRESSES, () -> address(in)));
            case 10 -> new Body.Welcome();
            case 11 -> new Body.Refuse(in.text("reason", MAX_REASON), in.flag("last"));
            case 12 -> new Body.Prepare(in.number("ballot"), in.number("quorum", 2000));
            case 13 -> new Body.Promise(in.number("ballot"), in.number("accepted ballot"), Charter.read(in));
            case 14 -> new Body.Accept(in.number("ballot"), in.number("quorum", 2000), Charter.read(in));
            case 15 -> new Body.Accepted(in.number("ballot"));
            case 16 -> new Body.Outbid(in.number("ballot"));
            case 17 -> new Body.Notes(list(in, "notes", MAX_LIST, () -> readNote(in)));
            default -> throw in.broken("body type (" + type + ") must be 1 to 17");
        };
    }

    private static void writeProbe(WireWriter out, int type, long sequence, NodeId target) {
        out.u8(type);
        out.number(sequence);
        out.text(target.value());
    }

    private static void writeState(WireWriter out, Body.State state) {
        out.u8(7);
        out.number(state.members().size());
        state.members().forEach(member -> writeMember(out, member));
        writeOwners(out, state.owners());
        writeOwners(out, state.noteOwners());
        out.u8(state.answer() ? 1 : 0);
    }

    private static void writeOwners(WireWriter out, List<Body.OwnerHash> owners) {
        out.number(owners.size());
        owners.forEach(owner -> {
            out.text(owner.owner().value());
            out.fixed64(owner.hash());
        });
    }

    private static Body.State readState(WireReader in) {
        return new Body.State(
                list(in, "members", MAX_LIST, () -> readMember(in)), readOwners(in), readOwners(in), in.flag("answer"));
    }

    private static List<Body.OwnerHash> readOwners(WireReader in) {
        return list(in, "owners", MAX_LIST, () -> new Body.OwnerHash(node(in, "owner"), in.fixed64("owner hash")));
    }

    private static void writeRumor(WireWriter out, Rumor rumor) {
        if (rumor instanceof Rumor.OfMember member) {
            out.u8(1);
            writeMember(out, member);
        } else if (rumor instanceof Rumor.OfService offer) {
            out.u8(2);
            writeOffer(out, offer);
        } else if (rumor instanceof Rumor.OfNote note) {
            out.u8(3);
            writeNote(out, note);
        }
    }

    private static Rumor readRumor(WireReader in) {
        int type = in.u8("rumour type");
        return switch (type) {
            case 1 -> readMember(in);
            case 2 -> readOffer(in);
            case 3 -> readNote(in);
            default -> throw in.broken("rumour type (" + type + ") must be 1 to 3");
        };
    }

    private static void writeMember(WireWriter out, Rumor.OfMember member) {
        out.text(member.id().value());
        write(out, member.address());
        out.text(member.zone());
        out.number(member.incarnation());
        out.u8(member.state().ordinal());
        out.text(member.accuser().value());
    }

    private static Rumor.OfMember readMember(WireReader in) {
        return new Rumor.OfMember(
                node(in, "member"),
                address(in),
                in.text("zone", 63 * 4),
                in.number("incarnation"),
                STATES[in.number("state", STATES.length - 1)],
                node(in, "accuser"));
    }

    private static void writeOffer(WireWriter out, Rumor.OfService offer) {
        out.text(offer.owner().value());
        out.text(offer.service().value());
        out.number(offer.version());
        ServiceInstance instance = offer.instance();
        out.u8(instance == null ? 0 : 1);
        if (instance == null) {
            return;
        }
        write(out, instance.address());
        out.text(instance.version());
        out.text(instance.zone());
        out.number(instance.tags().size());
        new TreeMap<>(instance.tags()).forEach((key, value) -> {
            out.text(key);
            out.text(value);
        });
        out.number(instance.weight());
        out.u8(instance.ready() ? 1 : 0);
        out.number(instance.methods().size());
        instance.methods().forEach(out::fixed32);
    }

    private static Rumor.OfService readOffer(WireReader in) {
        NodeId owner = node(in, "owner");
        ServiceName service = guarded(in, () -> ServiceName.of(in.text("service", 63)));
        long version = in.number("offer version");
        if (!in.flag("offered")) {
            return new Rumor.OfService(owner, service, version, null);
        }
        Address address = address(in);
        String label = in.text("service version", 64 * 4);
        String zone = in.text("zone", 63 * 4);
        Map<String, String> tags = new LinkedHashMap<>();
        int count = in.count("tags", 16);
        for (int i = 0; i < count; i++) {
            tags.put(in.text("tag", 128 * 4), in.text("tag value", 128 * 4));
        }
        int weight = in.number("weight", 1000);
        boolean ready = in.flag("ready");
        List<Integer> methods = list(in, "methods", 256, () -> in.fixed32("method"));
        return guarded(
                in,
                () -> new Rumor.OfService(
                        owner,
                        service,
                        version,
                        new ServiceInstance(service, owner, address, label, zone, tags, weight, ready, methods)));
    }

    private static void writeNote(WireWriter out, Rumor.OfNote note) {
        out.text(note.owner().value());
        out.text(note.topic());
        out.number(note.version());
        byte[] value = note.value();
        out.u8(value == null ? 0 : 1);
        if (value != null) {
            out.bytes(value);
        }
    }

    private static Rumor.OfNote readNote(WireReader in) {
        NodeId owner = node(in, "owner");
        String topic = guarded(in, () -> Check.label("topic", in.text("topic", 63)));
        long version = in.number("note version");
        byte[] value = in.flag("told") ? in.bytes("value", Bulletin.MAX_VALUE_BYTES) : null;
        return new Rumor.OfNote(owner, topic, version, value);
    }

    private static void write(WireWriter out, Address address) {
        out.text(address.host());
        out.number(address.port());
    }

    private static void writeAddresses(WireWriter out, List<Address> addresses) {
        out.number(addresses.size());
        addresses.forEach(address -> write(out, address));
    }

    private static Address address(WireReader in) {
        return guarded(in, () -> new Address(in.text("host", 255), in.number("port", 65_535)));
    }

    static NodeId node(WireReader in, String what) {
        return guarded(in, () -> NodeId.of(in.text(what, 63)));
    }

    /** The vocabulary's own checks speak of configuration; on the wire a broken value is a broken message. */
    private static <T> T guarded(WireReader in, Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    static <T> List<T> list(WireReader in, String what, int max, Supplier<T> item) {
        int count = in.count(what, max);
        List<T> items = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            items.add(item.get());
        }
        return List.copyOf(items);
    }
}
