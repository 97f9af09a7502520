package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A leader's question to a voter: are you still in my term.
 *
 * <pre>
 * question  version u8 = 1, term varlong, asked peer UTF-8
 * answer    1 if so, else 0
 * </pre>
 *
 * @param term the leader's term
 * @param voter who is asked; another life of the same node must not answer for it
 */
record Probe(long term, PeerId voter) {
    private static final byte VERSION = 1;
    private static final byte[] YES = {1};
    private static final byte[] NO = {0};

    byte[] encode() {
        byte[] peer = voter.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out =
                ByteBuffer.allocate(1 + Varints.size(term) + peer.length).put(VERSION);
        Varints.put(out, term);
        return out.put(peer).array();
    }

    static Probe decode(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload);
        if (payload.length == 0 || in.get() != VERSION) {
            throw new CodecException(
                    "a probe must begin with version " + VERSION + "; run nodes of versions that match");
        }
        long term = Varints.get(in);
        try {
            return new Probe(
                    term, PeerId.parse(StandardCharsets.UTF_8.decode(in).toString()));
        } catch (IllegalArgumentException e) {
            throw new CodecException("a probe names no peer: " + e.getMessage(), e);
        }
    }

    /** What a replica answers: yes only as that voter, in exactly that term, and as one that could have voted for a newer leader. */
    byte[] answer(ReplicaStatus status) {
        boolean votes = status.role() == RaftRole.FOLLOWER || status.role() == RaftRole.CANDIDATE;
        return (votes && status.term() == term && status.self().equals(voter) ? YES : NO).clone();
    }

    static boolean isYes(byte[] answer) {
        return answer.length == 1 && answer[0] == YES[0];
    }
}
