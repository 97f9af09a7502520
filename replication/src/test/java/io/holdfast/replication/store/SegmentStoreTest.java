package io.holdfast.replication.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.Environment;
import io.holdfast.replication.version.RowKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store on a real disk, with its thread. */
@Timeout(60)
class SegmentStoreTest {
    private static final StoreOptions SMALL =
            new StoreOptions(new DataSize(4 << 10), 1, new DataSize(1 << 20), new DataSize(0));

    @TempDir
    Path directory;

    private final Environment environment = Environment.system();

    @AfterEach
    void close() {
        environment.close();
    }

    private RowStore open() {
        return RowStore.open(directory, "a", SMALL, environment);
    }

    private static RowKey key(int number) {
        return RowKey.of("map", ("key" + number).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] state(int number) {
        return ("state" + number + "x".repeat(number % 50)).getBytes(StandardCharsets.UTF_8);
    }

    private static void await(RowStore store, long position) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        store.onSynced(at -> {
            if (at >= position) {
                done.complete(null);
            }
        });
        if (store.synced() < position) {
            done.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasPutIsThereAfterReopening() throws Exception {
        long id;
        long hash;
        try (RowStore store = open()) {
            id = store.storeId();
            long position = 0;
            for (int i = 0; i < 1_000; i++) {
                position = store.put(key(i % 300), i, state(i));
            }
            store.remove(key(7));
            await(store, position);
            hash = store.partitionHash(3);
            store.reserve(1_000);
        }
        try (RowStore store = open()) {
            assertThat(store.storeId()).isEqualTo(id);
            assertThat(store.reserved()).isEqualTo(1_000);
            assertThat(store.size()).isEqualTo(299);
            assertThat(store.partitionHash(3)).isEqualTo(hash);
            for (int i = 0; i < 300; i++) {
                assertThat(store.get(key(i))).isEqualTo(i == 7 ? null : state(i < 100 ? 900 + i : 600 + i));
            }
            assertThat(store.doubtful().isEmpty()).isTrue();
        }
    }

    @Test
    void aDirectoryIsOpenOnceAndBelongsToOneNode() {
        try (RowStore store = open()) {
            store.put(key(1), 1, state(1));
            assertThatThrownBy(this::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is open in");
        }
        assertThatThrownBy(() -> RowStore.open(directory, "b", SMALL, environment))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to node a");
    }

    /** The JDK closes a channel whose reader is interrupted; it must not be the one that is synced. */
    @Test
    void anInterruptOfAReaderHarmsNobody() throws Exception {
        try (RowStore store = open()) {
            long position = 0;
            for (int i = 0; i < 200; i++) {
                position = store.put(key(i), i, state(i));
            }
            await(store, position);
            for (int i = 0; i < 200; i++) {
                Thread.currentThread().interrupt();
                assertThat(store.get(key(i))).isEqualTo(state(i));
                assertThat(Thread.interrupted()).isTrue();
                position = store.put(key(i), i, state(i));
            }
            await(store, position);
        }
    }

    /** Rows are read while the store's thread writes, syncs and compacts; each is the one that was put last. */
    @Test
    void whatIsReadWhileItCompactsIsRight() throws Exception {
        try (RowStore store = open()) {
            int[] last = new int[100];
            long position = 0;
            for (int i = 1; i < 4_000; i++) {
                int number = i * 31 % 100;
                last[number] = i;
                position = store.put(key(number), i, state(i));
                if (i % 5 == 0) {
                    int other = i * 17 % 100;
                    assertThat(store.get(key(other))).isEqualTo(last[other] == 0 ? null : state(last[other]));
                }
                if (i % 500 == 0) {
                    await(store, position);
                }
            }
            await(store, position);
            while (store.bytes() > 40_000) {
                Thread.onSpinWait(); // until it has compacted
            }
        }
        try (RowStore store = open()) {
            assertThat(store.size()).isEqualTo(100);
        }
    }
}
