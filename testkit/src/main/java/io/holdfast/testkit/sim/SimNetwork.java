package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The simulated network. Every pair of nodes has two links, one for each direction, with faults of their own. A cut link loses what is sent and what is on its way.
 */
public final class SimNetwork {
    /** The port of every simulated node. */
    static final int PORT = 7946;

    /** Hears that the connection between two nodes broke. */
    interface ResetListener {
        void onReset(int a, int b);
    }

    private final SplittableRandom random;
    private final LinkFaults initial;
    private final ResetListener resets;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> byName = new HashMap<>();
    private final Map<Address, Integer> byAddress = new HashMap<>();
    private Link[][] links = new Link[0][0];
    private LinkFaults usual;
    private long sent;
    private long lost;

    SimNetwork(long seed, LinkFaults initial, ResetListener resets) {
        this.random = Seeds.random(seed, "network");
        this.initial = initial;
        this.usual = initial;
        this.resets = resets;
    }

    int add(String name) {
        int index = names.size();
        if (byName.putIfAbsent(name, index) != null) {
            throw new IllegalArgumentException("a node named " + name + " exists already; choose another name");
        }
        names.add(name);
        byAddress.put(Address.of(name, PORT), index);
        return index;
    }

    /**
     * All links that were given no faults of their own behave like this from now on.
     *
     * @param faults the faults
     */
    public void usually(LinkFaults faults) {
        usual = faults;
        eachLink(link -> {
            if (!link.hasOwnFaults()) {
                link.faults(faults, false);
            }
        });
    }

    /**
     * The links between two nodes behave like this from now on, in both directions.
     *
     * @param a a node
     * @param b another node
     * @param faults the faults
     */
    public void between(String a, String b, LinkFaults faults) {
        oneWay(a, b, faults);
        oneWay(b, a, faults);
    }

    /**
     * The link from one node to another behaves like this from now on; the way back stays as it is.
     *
     * @param from the sender
     * @param to the receiver
     * @param faults the faults
     */
    public void oneWay(String from, String to, LinkFaults faults) {
        link(index(from), index(to)).faults(faults, true);
    }

    /**
     * Nothing gets through between two nodes, in either direction, until {@link #mend} or {@link #heal}.
     *
     * @param a a node
     * @param b another node
     */
    public void cut(String a, String b) {
        cutOneWay(a, b);
        cutOneWay(b, a);
    }

    /**
     * Nothing gets from one node to another; the way back stays as it is.
     *
     * @param from the sender
     * @param to the receiver
     */
    public void cutOneWay(String from, String to) {
        link(index(from), index(to)).cut = true;
    }

    /**
     * Takes a cut between two nodes back, in both directions.
     *
     * @param a a node
     * @param b another node
     */
    public void mend(String a, String b) {
        link(index(a), index(b)).cut = false;
        link(index(b), index(a)).cut = false;
    }

    /**
     * Cuts a node off from all others.
     *
     * @param name the node
     */
    public void isolate(String name) {
        names.stream().filter(other -> !other.equals(name)).forEach(other -> cut(name, other));
    }

    /**
     * Cuts every link between nodes of different groups. A node in no group keeps all its links: it is a bridge.
     *
     * @param groups the groups
     */
    @SafeVarargs
    public final void partition(Collection<String>... groups) {
        for (int i = 0; i < groups.length; i++) {
            for (int j = i + 1; j < groups.length; j++) {
                for (String a : groups[i]) {
                    groups[j].forEach(b -> cut(a, b));
                }
            }
        }
    }

    /**
     * Breaks the connections between two nodes; they may talk again at once. Both sides are told if the world has a hint for that.
     *
     * @param a a node
     * @param b another node
     */
    public void reset(String a, String b) {
        resets.onReset(index(a), index(b));
    }

    /** Takes all cuts and all faults back: every link is as at the beginning. */
    public void heal() {
        usual = initial;
        eachLink(link -> {
            link.cut = false;
            link.faults(initial, false);
        });
    }

    /**
     * The nodes of the network.
     *
     * @return their names, in the order in which they were added
     */
    public List<String> names() {
        return List.copyOf(names);
    }

    /**
     * How many messages were sent.
     *
     * @return a count since the beginning
     */
    public long sent() {
        return sent;
    }

    /**
     * How many messages never arrived: by loss, a cut, or a receiver that was down.
     *
     * @return a count since the beginning
     */
    public long lost() {
        return lost;
    }

    /** The node at an address, or -1 if there is none. */
    int at(Address address) {
        Integer index = byAddress.get(address);
        return index == null ? -1 : index;
    }

    int index(String name) {
        Integer index = byName.get(name);
        if (index == null) {
            throw new IllegalArgumentException("there is no node named " + name + "; the nodes are " + names);
        }
        return index;
    }

    /** When a message sent now arrives, or -1 if it never does. */
    long send(int from, int to, long now) {
        sent++;
        Link link = link(from, to);
        if (link.loses(random)) {
            lost++;
            return -1;
        }
        link.connected = true;
        return link.arrival(now, random);
    }

    /** When a second copy of a message arrives, or -1 if there is none. */
    long duplicate(int from, int to, long now) {
        Link link = link(from, to);
        return link.duplicates(random) ? link.arrival(now, random) : -1;
    }

    /** When something that is repeated until it arrives does so. */
    long arrival(int from, int to, long now) {
        return link(from, to).arrival(now, random);
    }

    /** When a segment of a byte stream arrives, or -1 if the link is cut or loses every repeat of it. */
    long segment(int from, int to, long now) {
        sent++;
        if (from == to) {
            return now;
        }
        Link link = link(from, to);
        long arrival = link.cut ? -1 : link.orderedArrival(now, random);
        if (arrival < 0) {
            lost++;
        }
        return arrival;
    }

    boolean isCut(int from, int to) {
        return link(from, to).cut;
    }

    void countLost() {
        lost++;
    }

    /** Ends the connections of a pair; true if there were any. */
    boolean disconnect(int a, int b) {
        boolean connected = link(a, b).connected || link(b, a).connected;
        link(a, b).connected = false;
        link(b, a).connected = false;
        return connected;
    }

    private Link link(int from, int to) {
        if (links.length < names.size()) {
            grow();
        }
        return links[from][to];
    }

    private void grow() {
        Link[][] grown = new Link[names.size()][names.size()];
        for (int from = 0; from < grown.length; from++) {
            for (int to = 0; to < grown.length; to++) {
                boolean known = from < links.length && to < links.length;
                grown[from][to] = known ? links[from][to] : new Link(usual);
            }
        }
        links = grown;
    }

    private void eachLink(Consumer<Link> action) {
        for (Link[] row : links) {
            for (Link link : row) {
                action.accept(link);
            }
        }
    }
}
