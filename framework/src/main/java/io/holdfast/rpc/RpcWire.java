package io.holdfast.rpc;

import io.holdfast.contract.DeclaredFailure;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.CodecException;
import io.holdfast.core.Retry;
import io.holdfast.core.ServiceName;
import io.holdfast.service.RemoteServiceException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The layout of requests and replies. A request is the method's hash (4 bytes, big-endian) and the arguments; a reply is a kind (1 byte) and what that kind holds: the result, a
 * declared exception (class name, its bytes) or another exception (class name, message, correlation id; its kind says whether the service has retried in vain itself). A text is its length
 * (2 bytes) and UTF-8.
 */
final class RpcWire {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final byte RESULT = 0;
    private static final byte DECLARED = 1;
    private static final byte OTHER = 2;
    private static final byte EXHAUSTED = 3;
    private static final int MAX_TEXT = 4096;
    private static final int HASH_BYTES = 4;

    private RpcWire() {}

    static String route(ServiceName service) {
        return "rpc/" + service;
    }

    static byte[] request(int hash, byte[] arguments) {
        byte[] request = new byte[HASH_BYTES + arguments.length];
        INTS.set(request, 0, hash);
        System.arraycopy(arguments, 0, request, HASH_BYTES, arguments.length);
        return request;
    }

    static int hashOf(byte[] request) {
        if (request.length < HASH_BYTES) {
            throw new CodecException(
                    "a request of " + request.length + " bytes names no method; it has at least 4 bytes");
        }
        return (int) INTS.get(request, 0);
    }

    static byte[] argumentsOf(byte[] request) {
        return Arrays.copyOfRange(request, HASH_BYTES, request.length);
    }

    static byte[] result(byte[] value) {
        byte[] reply = new byte[1 + value.length];
        System.arraycopy(value, 0, reply, 1, value.length);
        return reply;
    }

    static byte[] declared(DeclaredFailure failure, Throwable thrown) {
        byte[] type = text(failure.type().getName());
        byte[] fields = failure.encode(thrown);
        return ByteBuffer.allocate(1 + type.length + fields.length)
                .put(DECLARED)
                .put(type)
                .put(fields)
                .array();
    }

    static byte[] other(String type, String message, String correlationId, boolean exhausted) {
        byte[] typeText = text(type);
        byte[] messageText = text(message);
        byte[] idText = text(correlationId);
        return ByteBuffer.allocate(1 + typeText.length + messageText.length + idText.length)
                .put(exhausted ? EXHAUSTED : OTHER)
                .put(typeText)
                .put(messageText)
                .put(idText)
                .array();
    }

    /** Whether a reply is a result or a declared exception. */
    static boolean answers(byte[] reply) {
        return reply.length > 0 && (reply[0] == RESULT || reply[0] == DECLARED);
    }

    /** The result, or throws what the other side threw. */
    static @Nullable Object read(RemoteMethod method, byte[] reply, String callee) throws Throwable {
        if (reply.length > 0 && reply[0] == RESULT) {
            return method.result().decode(Arrays.copyOfRange(reply, 1, reply.length));
        }
        throw failure(method, ByteBuffer.wrap(reply), callee);
    }

    private static Throwable failure(RemoteMethod method, ByteBuffer reply, String callee) {
        byte kind = reply.hasRemaining() ? reply.get() : -1;
        if (kind != DECLARED && kind != OTHER && kind != EXHAUSTED) {
            return new CodecException("the reply of " + callee + " to " + method.name() + " has kind " + kind
                    + ", which this version does not know; upgrade this node");
        }
        String type = readText(reply);
        if (kind != DECLARED) {
            String message = readText(reply);
            return new RemoteServiceException(
                    method.name() + " failed at " + callee + ": " + message,
                    type,
                    readText(reply),
                    kind == EXHAUSTED ? Retry.EXHAUSTED : Retry.IF_IDEMPOTENT);
        }
        byte[] fields = new byte[reply.remaining()];
        reply.get(fields);
        for (DeclaredFailure declared : method.failures()) {
            if (declared.type().getName().equals(type)) {
                return declared.decode(fields);
            }
        }
        return new RemoteServiceException(
                method.name() + " failed at " + callee + " with " + type
                        + ", which its contract declares there but not here",
                type,
                "",
                Retry.IF_IDEMPOTENT);
    }

    private static byte[] text(String text) {
        String cut = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
        byte[] utf8 = cut.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + utf8.length)
                .putShort((short) utf8.length)
                .put(utf8)
                .array();
    }

    private static String readText(ByteBuffer in) {
        int length = in.remaining() < 2 ? -1 : in.getShort() & 0xffff;
        if (length < 0 || length > in.remaining()) {
            throw new CodecException("a reply ends inside a text");
        }
        byte[] utf8 = new byte[length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
