package io.holdfast.consensus.storage;

import io.holdfast.consensus.raft.PeerId;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * A replica's term and whom it voted for in it, in the form of the file {@code raft-meta}.
 *
 * @param term the term
 * @param votedFor a peer id, or empty for nobody
 */
record Vote(long term, String votedFor) {
    /** The file of Ratis. */
    static final String FILE = "raft-meta";

    /** Refuses what no replica writes. */
    static Vote parse(byte[] bytes) {
        Properties properties = new Properties();
        try (Reader in = new StringReader(new String(bytes, StandardCharsets.UTF_8))) {
            properties.load(in);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        String term = properties.getProperty("term");
        String vote = properties.getProperty("votedFor");
        if (term == null || vote == null) {
            throw new IllegalArgumentException("it names no term or no vote");
        }
        if (!vote.isEmpty()) {
            PeerId.parse(vote);
        }
        long value = Long.parseLong(term);
        if (value < 0) {
            throw new IllegalArgumentException("its term (" + value + ") is negative");
        }
        return new Vote(value, vote);
    }

    byte[] bytes() {
        return ("term=" + term + "\nvotedFor=" + votedFor.replace("#", "\\#") + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a replica that promised this may go on with the other: it promised nothing that the other forgets. */
    boolean isKeptBy(Vote other) {
        return other.term > term || (other.term == term && (votedFor.isEmpty() || votedFor.equals(other.votedFor)));
    }
}
