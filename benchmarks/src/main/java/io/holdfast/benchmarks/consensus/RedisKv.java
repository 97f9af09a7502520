package io.holdfast.benchmarks.consensus;

import io.holdfast.core.env.Registration;
import io.holdfast.core.env.ShutdownHook;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The {@code redis-server} on the PATH: one node without replicas; the other two JVMs idle. */
final class RedisKv implements KvPeer {
    @Override
    public String settings() {
        return "ONE node, no replica; write: fsync of its log (appendfsync always); read: its memory; one connection"
                + " with as many commands open as there are clients; C: CPU and RSS are redis-server's own";
    }

    @Override
    public String missing() {
        return program().isPresent()
                ? ""
                : "no redis-server on the PATH (not on this machine); install it and run again";
    }

    private static Optional<Path> program() {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public KvNode serve(NodePlan plan) throws IOException {
        if (plan.index() > 0) {
            return new Idle();
        }
        Files.createDirectories(plan.directory());
        Process process = new ProcessBuilder(List.of(
                        program().orElseThrow().toString(),
                        "--port",
                        Integer.toString(plan.own().clients()),
                        "--bind",
                        NodePorts.HOST,
                        "--dir",
                        plan.directory().toString(),
                        "--daemonize",
                        "no",
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "always"))
                .redirectErrorStream(true)
                .redirectOutput(plan.directory().resolve("redis.log").toFile())
                .start();
        return new Running(
                process,
                ShutdownHook.register("end-redis", process::destroyForcibly),
                plan.own().clients());
    }

    private record Idle() implements KvNode {
        @Override
        public Role role() {
            return Role.FOLLOWER;
        }

        @Override
        public void close() {
            // nothing runs here
        }
    }

    private record Running(Process process, Registration hook, int port) implements KvNode {
        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public Role role() {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(NodePorts.HOST, port), 1_000);
                return Role.LEADER;
            } catch (IOException e) {
                return Role.ALONE; // it does not serve yet
            }
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly().waitFor();
            hook.close();
        }
    }

    @Override
    public KvClient connect(ClientPlan plan) throws InterruptedException {
        return RedisClient.connect(plan.nodes().get(0).clients());
    }
}
