package io.holdfast.examples.streaming.playback;

import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ServiceInstance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds the two nodes that keep a user's history, and reads and writes both.
 *
 * <p>The owners are the first two of all playback nodes in an order that is a hash of user and node (rendezvous hashing, Thaler and Ravishankar 1998): when a node goes, only its own users
 * get another owner. A write is good when one owner has it; a read joins what both know and mends the one that lacks something. So a user's history survives the death of one owner, and is
 * whole on two nodes again after the user's next visit. It is lost when both owners die in between: this example keeps nothing on disk. Safe for use by many threads.
 */
public final class PlaybackOwners {
    /** How long the slower owner is waited for once the faster one could have answered. */
    private static final long PATIENCE_MILLIS = 100;

    private static final int COPIES = 2;
    private static final int MAX_CLIENTS = 256;

    private final Supplier<List<ServiceInstance>> instances;
    private final Function<NodeId, Playback> clientOf;
    private final Map<NodeId, Playback> clients = new ConcurrentHashMap<>();

    /**
     * Makes the finder.
     *
     * @param instances the present instances of the playback service
     * @param clientOf a client of one node's instance
     */
    public PlaybackOwners(Supplier<List<ServiceInstance>> instances, Function<NodeId, Playback> clientOf) {
        this.instances = instances;
        this.clientOf = clientOf;
    }

    /**
     * What a user has watched.
     *
     * @param user the user's name
     * @return what the reachable owners know
     * @throws UnavailableException if no owner answers
     */
    public History history(String user) {
        List<NodeId> owners = owners(user);
        List<CompletableFuture<History>> copies = ask(owners, playback -> playback.history(user));
        History joined = join(user, copies);
        mend(user, joined, owners, copies);
        return joined;
    }

    /**
     * Notes what a user watches.
     *
     * @param user the user's name
     * @param watched the title and position
     * @return what the reachable owners now know
     * @throws UnavailableException if no owner took it
     */
    public History note(String user, Watched watched) {
        List<Watched> one = List.of(watched);
        return join(user, ask(owners(user), playback -> playback.merge(user, one)));
    }

    /** The user's owners, the first one first. */
    List<NodeId> owners(String user) {
        List<NodeId> owners = instances.get().stream()
                .filter(ServiceInstance::ready)
                .map(ServiceInstance::node)
                .sorted(Comparator.comparingLong((NodeId node) -> weight(user, node))
                        .reversed()
                        .thenComparing(NodeId::toString))
                .limit(COPIES)
                .toList();
        if (owners.isEmpty()) {
            throw new UnavailableException(
                    "service playback has no ready instance; start a node with the role playback");
        }
        return owners;
    }

    private static long weight(String user, NodeId node) {
        CRC32C sum = new CRC32C();
        sum.update((node + "/" + user).getBytes(StandardCharsets.UTF_8));
        // a CRC is linear: mixed, so that the order of two nodes does not hang on their names alone (Stafford's mix 13)
        long mixed = sum.getValue() * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }

    private List<CompletableFuture<History>> ask(
            List<NodeId> owners, Function<Playback, CompletionStage<History>> question) {
        List<CompletableFuture<History>> copies = new ArrayList<>(owners.size());
        for (NodeId owner : owners) {
            try {
                copies.add(question.apply(client(owner)).toCompletableFuture());
            } catch (RuntimeException unreachable) {
                copies.add(CompletableFuture.failedFuture(unreachable));
            }
        }
        return copies;
    }

    private Playback client(NodeId node) {
        if (clients.size() > MAX_CLIENTS) {
            clients.clear(); // names of nodes that came and went; clients are made anew
        }
        return clients.computeIfAbsent(node, clientOf);
    }

    private static History join(String user, List<CompletableFuture<History>> copies) {
        awaitCopies(copies);
        List<History> answers = copies.stream()
                .filter(copy -> copy.isDone() && !copy.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();
        if (answers.isEmpty()) {
            throw new UnavailableException(
                    "no owner of the history of " + user + " answers; try again", failure(copies));
        }
        History joined = answers.get(0);
        for (History more : answers.subList(1, answers.size())) {
            joined = joined.merge(more.watched());
        }
        return joined;
    }

    /** Waits for every copy for a short while, then for as long as none has come: the calls' own timeout ends that. */
    private static void awaitCopies(List<CompletableFuture<History>> copies) {
        CompletableFuture<Void> all = CompletableFuture.allOf(copies.toArray(CompletableFuture[]::new));
        CompletableFuture<Object> first = new CompletableFuture<>();
        copies.forEach(copy -> copy.thenAccept(first::complete));
        try {
            all.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            CompletableFuture.anyOf(all, first).exceptionally(failed -> null).join();
        } catch (ExecutionException failed) {
            return; // all are done: join() looks at each
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Throwable failure(List<CompletableFuture<History>> copies) {
        for (CompletableFuture<History> copy : copies) {
            if (copy.isCompletedExceptionally()) {
                return copy.handle((value, error) -> error).join();
            }
        }
        return null;
    }

    private void mend(String user, History joined, List<NodeId> owners, List<CompletableFuture<History>> copies) {
        for (int i = 0; i < copies.size(); i++) {
            CompletableFuture<History> copy = copies.get(i);
            boolean lacks = copy.isDone()
                    && !copy.isCompletedExceptionally()
                    && !copy.join().watched().equals(joined.watched());
            if (lacks) {
                client(owners.get(i)).merge(user, joined.watched()); // not waited for: the next read mends again
            }
        }
    }
}
