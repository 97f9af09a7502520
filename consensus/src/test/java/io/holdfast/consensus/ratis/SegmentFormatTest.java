package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.storage.Finding;
import io.holdfast.consensus.storage.LogDoctor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor reads Ratis' files without its types: here Ratis writes them. To be run on each upgrade. */
class SegmentFormatTest {
    @TempDir
    Path current;

    @Test
    void theDoctorReadsWhatRatisWrites() throws IOException {
        Path open = current.resolve("log_inprogress_0");
        Files.writeString(current.resolve("raft-meta"), "votedFor=n1\\#0\nterm=2\n");
        try (SegmentedRaftLogOutputStream out = new SegmentedRaftLogOutputStream(
                open.toFile(), false, 1 << 20, 1 << 16, ByteBuffer.allocateDirect(1 << 16))) {
            for (int i = 0; i < 300; i++) {
                out.write(LogEntryProto.newBuilder()
                        .setTerm(i / 200)
                        .setIndex(i)
                        .setStateMachineLogEntry(
                                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(new byte[i * 3])))
                        .build());
            }
            out.flush();
        }
        assertThat(LogDoctor.examine(current, Optional.empty())).isEqualTo(new Finding.Sound());
        byte[] bytes = Files.readAllBytes(open);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        Files.write(open, Arrays.copyOf(bytes, end - 9));
        assertThat(LogDoctor.examine(current, Optional.empty())).isInstanceOf(Finding.Repaired.class);
        bytes[bytes.length / 3] ^= 1;
        Files.write(open, bytes);
        assertThat(LogDoctor.examine(current, Optional.empty())).isInstanceOf(Finding.Damaged.class);
    }
}
