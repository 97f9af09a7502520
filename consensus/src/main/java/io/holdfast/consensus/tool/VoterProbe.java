package io.holdfast.consensus.tool;

import io.holdfast.core.Address;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;

/** Asks whether a voter is there. */
interface VoterProbe {
    /** What came of it. */
    sealed interface Result {}

    /** A process that accepts connections is there, whatever state it is in. */
    record There() implements Result {}

    /** The machine refused the connection, or nothing came from it: what is to be expected of a voter that is lost. */
    record Silent() implements Result {}

    /**
     * It was not asked at all, so it may be there.
     *
     * @param reason why not
     */
    record NotAsked(String reason) implements Result {}

    /** Asks at an address. */
    Result ask(Address address);

    /** By a connection; once more where nothing comes, for a single lost packet must not count as a lost voter. */
    static Result connect(Address address) {
        return connect(new InetSocketAddress(address.host(), address.port()));
    }

    /** As above, with the name looked up. */
    static Result connect(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return new NotAsked("the name " + address.getHostString()
                    + " is unknown; check it, or give the IP address that the voter had");
        }
        Result last = new Silent();
        for (int i = 0; i < 3; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 2_000);
                return new There();
            } catch (IOException e) {
                last = of(e);
            }
        }
        return last;
    }

    /** A host that nobody reaches may be lost; that this machine reaches no network says nothing of the host. */
    static Result of(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        boolean own = message.contains("network") || message.contains("permission") || message.contains("invalid");
        boolean silent = failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof SocketTimeoutException;
        return silent && !own ? new Silent() : new NotAsked(failure + "; run this where the voters can be reached");
    }
}
