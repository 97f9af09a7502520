package io.holdfast.consensus.tool;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.backup.BackupManifest;
import io.holdfast.consensus.backup.BackupWriter;
import io.holdfast.consensus.backup.Restoration;
import io.holdfast.consensus.log.BatchApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.consensus.state.Census;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a group that has lost its majority for ever can still give: the state of its most advanced replica, as a backup for a new cluster. */
final class Salvage {
    private final GroupId group;
    private final List<Survivor> survivors;
    private final Map<NodeId, Address> addresses;
    private final VoterProbe probe;
    private final PrintStream out;

    Salvage(
            GroupId group,
            List<Survivor> survivors,
            Map<NodeId, Address> addresses,
            VoterProbe probe,
            PrintStream out) {
        this.group = group;
        this.survivors = survivors;
        this.addresses = addresses;
        this.probe = probe;
        this.out = out;
    }

    /** The state that can be had, and under which name it would begin anew. */
    record Found(Survivor best, PrimitiveMachine machine, BatchApplier applier) {
        /** What an operator types: it changes with whatever the survivors hold. */
        String incarnation(GroupId group) {
            return group + "@" + (machine.census().revision() + Restoration.JUMP);
        }
    }

    /**
     * Looks at all voters, and says what it sees.
     *
     * @throws UnavailableException if the group can still decide, or that is not certain
     */
    Found look() throws IOException {
        Set<String> clusters = new LinkedHashSet<>();
        survivors.forEach(survivor -> clusters.add(survivor.cluster()));
        if (clusters.size() != 1) {
            throw new UnavailableException(
                    "the directories belong to different clusters (" + clusters + "); name those of one");
        }
        Survivor best = Collections.max(survivors, Survivor.ORDER);
        out.println("group " + group + " of cluster " + best.cluster());
        for (Survivor survivor : survivors) {
            out.println("  " + survivor.peer() + " in " + survivor.directory() + ": last entry (term "
                    + survivor.stored().term() + ", index " + survivor.stored().index() + "), written at "
                    + survivor.stored().written() + (survivor == best ? ", the most advanced" : ""));
        }
        requireNoMajority(best);
        PrimitiveMachine machine = new PrimitiveMachine(Consensus.types(), StateLimits.standard());
        BatchApplier applier = new BatchApplier(machine);
        best.stored().replay(applier);
        return new Found(best, machine, applier);
    }

    private void requireNoMajority(Survivor best) {
        Voters voters = best.stored().voters();
        Set<PeerId> all = new LinkedHashSet<>(voters.current());
        all.addAll(voters.outgoing());
        Set<PeerId> there = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        for (PeerId voter : all) {
            Optional<Survivor> here = survivors.stream()
                    .filter(survivor -> survivor.peer().equals(voter))
                    .findFirst();
            Address address = addresses.get(voter.node());
            if (here.isPresent()) {
                there.add(voter);
                out.println("  voter " + voter + ": here, in " + here.get().directory());
            } else if (address == null) {
                unknown.add(voter.node().value());
            } else if (isThere(voter, address)) {
                there.add(voter);
            }
        }
        decide(best, voters, there, unknown);
    }

    private boolean isThere(PeerId voter, Address address) {
        VoterProbe.Result result = probe.ask(address);
        if (result instanceof VoterProbe.NotAsked not) {
            throw new UnavailableException(
                    "voter " + voter + " at " + address + " could not be asked whether it is there: " + not.reason());
        }
        boolean there = result instanceof VoterProbe.There;
        out.println("  voter " + voter + (there ? ": answers at " : ": does not answer at ") + address);
        return there;
    }

    private static void decide(Survivor best, Voters voters, Set<PeerId> there, List<String> unknown) {
        if (!unknown.isEmpty()) {
            throw new UnavailableException("it is not known where the voters " + unknown
                    + " listened, so they cannot be asked; add --voter " + unknown.get(0) + "=HOST:PORT");
        }
        if (!there.contains(best.peer())) {
            throw new UnavailableException("the replica " + best.peer() + " in " + best.directory()
                    + " is no voter of its group (" + voters.current() + "); name the directory of one");
        }
        if (voters.isQuorum(there::contains)) {
            throw new UnavailableException("a majority of the voters is there (" + there + " of " + voters.current()
                    + "), so nothing need be lost; start these nodes, the group goes on by itself");
        }
    }

    /** Writes the backup and says how to go on. */
    Backup write(Found found, Path file, Instant now) throws IOException {
        BatchApplier.Held<Census> held = found.applier().hold(found.machine()::census);
        Survivor best = found.best();
        BackupManifest manifest = BackupManifest.of(
                new BackupManifest.Place(best.cluster(), group, best.peer().node()),
                BackupManifest.Origin.SALVAGED,
                now,
                new BackupManifest.Position(best.stored().term(), held.entryIndex()),
                held.answer(),
                found.machine());
        try (ReplicatedLog.Capture state = held.state()) {
            BackupWriter.write(file, manifest, state, Pace.alone());
        }
        return Backup.verify(file);
    }
}
