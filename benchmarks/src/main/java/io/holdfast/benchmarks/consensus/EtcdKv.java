package io.holdfast.benchmarks.consensus;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.ShutdownHook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The {@code etcd} on the PATH with its defaults, and its three calls on grpc-java with messages written by hand: less CPU in the client than its Java client takes. */
final class EtcdKv implements KvPeer {
    private static final MethodDescriptor<byte[], byte[]> PUT = method("etcdserverpb.KV/Put");
    private static final MethodDescriptor<byte[], byte[]> RANGE = method("etcdserverpb.KV/Range");
    private static final MethodDescriptor<byte[], byte[]> STATUS = method("etcdserverpb.Maintenance/Status");
    private static final int CALL_LIMIT_SECONDS = 10;

    @Override
    public String settings() {
        return "write: fdatasync of the WAL on a majority; read: ReadIndex; grpc-java to one node (the leader; another one in run-failover); defaults (heartbeat 100 ms, election 1 s); Go: CPU and RSS are etcd's own";
    }

    @Override
    public String missing() {
        return program().isPresent() ? "" : "no etcd on the PATH; install it and run again";
    }

    private static Optional<Path> program() {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public KvNode serve(NodePlan plan) throws Exception {
        Files.createDirectories(plan.directory());
        String cluster = IntStream.range(0, plan.nodes().size())
                .mapToObj(i -> "n" + i + "=" + url(plan.nodes().get(i).peers()))
                .collect(Collectors.joining(","));
        String clients = url(plan.own().clients());
        String peers = url(plan.own().peers());
        Process process = new ProcessBuilder(List.of(
                        program().orElseThrow().toString(),
                        "--name=n" + plan.index(),
                        "--data-dir=" + plan.directory().resolve("data"),
                        "--listen-client-urls=" + clients,
                        "--advertise-client-urls=" + clients,
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=" + cluster,
                        "--log-level=warn"))
                .redirectErrorStream(true)
                .redirectOutput(plan.directory().resolve("etcd.log").toFile())
                .start();
        return new Running(
                process,
                ShutdownHook.register("end-etcd", process::destroyForcibly),
                channel(plan.own().clients()));
    }

    private static String url(int port) {
        return "http://" + NodePorts.HOST + ":" + port;
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress(NodePorts.HOST, port)
                .usePlaintext()
                .directExecutor()
                .build();
    }

    private record Running(Process process, Registration hook, ManagedChannel channel) implements KvNode {
        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public Role role() throws IOException {
            byte[] answer;
            try {
                answer = ClientCalls.blockingUnaryCall(
                        channel,
                        STATUS,
                        CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(2, TimeUnit.SECONDS),
                        KvStore.NOTHING);
            } catch (StatusRuntimeException e) {
                return Role.ALONE; // it does not serve yet
            }
            long member = number(field(answer, 1), 2); // StatusResponse.header.member_id
            long leader = number(answer, 4);
            return leader == 0 ? Role.ALONE : leader == member ? Role.LEADER : Role.FOLLOWER;
        }

        @Override
        public void close() throws InterruptedException {
            channel.shutdownNow();
            process.destroyForcibly().waitFor();
            hook.close();
        }
    }

    @Override
    public KvClient connect(ClientPlan plan) {
        return new Client(channel(plan.nodes().get(plan.home()).clients()));
    }

    private record Client(ManagedChannel channel) implements KvClient {
        @Override
        public void put(byte[] key, byte[] value, KvAnswer answer) {
            call(PUT, message(key, value), new Answer(answer) {
                @Override
                public void onNext(byte[] response) {
                    answer.done(NOTHING);
                }
            });
        }

        @Override
        public void get(byte[] key, KvAnswer answer) {
            call(RANGE, message(key), new Answer(answer) {
                @Override
                public void onNext(byte[] response) {
                    try {
                        answer.done(field(field(response, 2), 5)); // RangeResponse.kvs[0].value
                    } catch (IOException e) {
                        answer.failed(e);
                    }
                }
            });
        }

        private void call(MethodDescriptor<byte[], byte[]> method, byte[] request, Answer answer) {
            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(CALL_LIMIT_SECONDS, TimeUnit.SECONDS);
            ClientCalls.asyncUnaryCall(channel.newCall(method, options), request, answer);
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    private abstract static class Answer implements StreamObserver<byte[]> {
        private final KvAnswer answer;

        Answer(KvAnswer answer) {
            this.answer = answer;
        }

        @Override
        public void onError(Throwable reason) {
            answer.failed(reason);
        }

        @Override
        public void onCompleted() {
            // a unary call was answered in onNext
        }
    }

    /** A protobuf message of byte fields, numbered from 1. */
    private static byte[] message(byte[]... fields) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            for (int i = 0; i < fields.length; i++) {
                out.writeByteArray(i + 1, fields[i]);
            }
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of a field, the first time it occurs; empty if it does not. */
    private static byte[] field(byte[] message, int wanted) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == wanted) {
                return in.readBytes().toByteArray();
            }
            in.skipField(tag);
        }
        return KvStore.NOTHING;
    }

    private static long number(byte[] message, int wanted) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == wanted) {
                return in.readUInt64();
            }
            in.skipField(tag);
        }
        return 0;
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(name)
                .setRequestMarshaller(new Plain())
                .setResponseMarshaller(new Plain())
                .build();
    }

    private static final class Plain implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
