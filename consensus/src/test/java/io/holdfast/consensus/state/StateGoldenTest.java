package io.holdfast.consensus.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What stands in logs and snapshots for ever. If one of these fails, a build cannot read what another has written. */
class StateGoldenTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void commandsKeepTheirBytes() {
        assertThat(hex(new Command.Open(10_000_000_000L, "node-a").encode())).isEqualTo("010180c8afa025066e6f64652d61");
        assertThat(hex(new Command.KeepAlive(300, 7).encode())).isEqualTo("0102ac0207");
        assertThat(hex(new Command.Close(300).encode())).isEqualTo("0103ac02");
        assertThat(hex(new Command.Operate(300, 8, 7, 1, "titles", new byte[] {1, 1, 42}).encode()))
                .isEqualTo("0104ac020807010674" + "69746c657301012a");
        assertThat(hex(new Command.Raise(2).encode())).isEqualTo("010502");
    }

    @Test
    void questionsKeepTheirBytes() {
        assertThat(hex(new Query.Ask(1, "titles", new byte[] {3, 1}).encode())).isEqualTo("010101067469746c65730301");
        assertThat(hex(new Query.Watch(1, "t", Query.Watch.Start.EVENT, 300, new byte[] {1}, new byte[] {2}).encode()))
                .isEqualTo("010201017401ac0201010101" + "02");
        assertThat(hex(new Query.Describe().encode())).isEqualTo("0103");
        assertThat(hex(new Query.Inspect(4, "n", 7, 20).encode())).isEqualTo("010404016e0714");
    }

    @Test
    void answersKeepTheirBytes() {
        assertThat(hex(new Answer(Answer.Status.OK, 300, new byte[] {5}).encode()))
                .isEqualTo("00ac0205");
        assertThat(hex(Answer.refused(300, "no").encode())).isEqualTo("01ac02026e6f");
    }

    @Test
    void aSnapshotKeepsItsBytes() {
        Rows rows = new Rows();
        long session = rows.open();
        rows.operate(session, 1, "n", NoteType.set("k", "v", 1_000_000_000L, true));
        assertThat(hex(rows.snapshot())).isEqualTo(SNAPSHOT);
    }

    private static final String SNAPSHOT =
            "4846535401060280a8d6b9070100010208000000000000000101000103080000000000000001010001040800000000000000"
                    + "01010102c86e080000000000000010010208000000000000001003c8016e01030800000000000000011480c8afa02580a8d6"
                    + "b907000103066e6f64652d610104100000000000000001000000000000000103000201010511800000007735940000000000"
                    + "000000106b00010518800000028fa6ae00000000000000000300000000000000010001061000000000000000030000000000"
                    + "00000108000000028fa6ae0001060900000000000000106b0800000000773594000107100000000000000001000000000000"
                    + "0010000110016b027331000d35e955c098e64790";
}
