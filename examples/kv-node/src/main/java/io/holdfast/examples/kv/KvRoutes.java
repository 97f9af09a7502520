package io.holdfast.examples.kv;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.MapPart;
import io.holdfast.consensus.MapRange;
import io.holdfast.consensus.PutOptions;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Versioned;
import io.holdfast.consensus.WorkQueue;
import io.holdfast.consensus.WorkQueueOptions;
import io.holdfast.consensus.Written;
import io.holdfast.consensus.session.RefusedException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.gateway.Routes;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The primitives over HTTP. Writes are done once, however often the node had to send them; a client that sends again after an unknown outcome may do a thing twice, except where the route says
 * otherwise. Safe for use by many threads.
 */
final class KvRoutes {
    private static final int MAX_NAME = 255;
    private static final int MAX_VALUE = 256 * 1024;
    private static final int MAX_SCAN = 10_000;
    private static final Duration MAX_TTL = Duration.ofDays(1);

    private final Consensus consensus;
    private final ReplicatedMap<String, String> values;
    private final ReplicatedMap<String, String> locks;

    /** A request that cannot be served, in words for who sent it. */
    private static final class BadRequestException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        BadRequestException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    KvRoutes(Consensus consensus) {
        this.consensus = consensus;
        this.values = consensus.map("kv", String.class, String.class);
        this.locks = consensus.map("locks", String.class, String.class);
    }

    void add(Routes routes) {
        routes.get("/kv/{key}", answering(this::read))
                .get("/kv", answering(this::scan))
                .put("/kv/{key}", answering(this::write))
                .post("/kv/{key}/cas", answering(this::compareAndSet))
                .get("/counter/{key}", answering(this::count))
                .post("/counter/{key}", answering(this::increase))
                .post("/lock/{key}", answering(this::lock))
                .delete("/lock/{key}", answering(this::unlock))
                .post("/queue/{key}", answering(this::enqueue))
                .post("/queue/{key}/poll", answering(this::poll));
    }

    private static HttpHandler answering(Function<HttpRequest, HttpResponse> route) {
        return request -> {
            HttpResponse answer;
            try {
                answer = route.apply(request);
            } catch (BadRequestException e) {
                answer = HttpResponse.problem(
                        e.status, "bad-request", "Request refused", String.valueOf(e.getMessage()));
            } catch (RefusedException e) {
                answer = HttpResponse.problem(503, "refused", "Refused by the group", String.valueOf(e.getMessage()))
                        .withHeader("X-Not-Applied", "true");
            }
            return CompletableFuture.completedFuture(answer);
        };
    }

    private HttpResponse read(HttpRequest request) {
        boolean stale = request.query("stale").filter("1"::equals).isPresent();
        return values.entry(key(request), stale ? ReadConsistency.LOCAL : ReadConsistency.LINEARIZABLE)
                .map(entry ->
                        HttpResponse.text(200, entry.value()).withHeader("X-Revision", Long.toString(entry.modified())))
                .orElseGet(() -> HttpResponse.problem(404, "not-found", "Not found", "key is not set"));
    }

    /** The pages behind the first may be of later revisions; a result of one page is linearizable. */
    private HttpResponse scan(HttpRequest request) {
        StringBuilder lines = new StringBuilder();
        int found = 0;
        ReadConsistency consistency = ReadConsistency.LINEARIZABLE;
        Optional<MapRange<String>> range = Optional.of(MapRange.prefix(parameter(request, "prefix", "")));
        while (range.isPresent()) {
            MapPart<String, String> page = values.scan(range.get(), MAX_SCAN, consistency);
            for (MapPart.Entry<String, String> entry : page.entries()) {
                lines.append(entry.value().value()).append('\n');
            }
            found += page.entries().size();
            range = page.rest();
            consistency = ReadConsistency.atLeast(page.revision());
            if (found >= MAX_SCAN && range.isPresent()) {
                throw new BadRequestException(
                        413, "prefix matches more than " + MAX_SCAN + " keys; ask for a longer one");
            }
        }
        return HttpResponse.text(200, lines.toString());
    }

    private HttpResponse write(HttpRequest request) {
        return text(values.put(key(request), body(request)).revision());
    }

    private HttpResponse compareAndSet(HttpRequest request) {
        String key = key(request);
        String from = parameter(request, "from", "");
        String to = required(request, "to");
        Written<String> written = from.isEmpty() ? values.putIfAbsent(key, to) : values.compareAndSet(key, from, to);
        return written.applied()
                ? text(written.revision())
                : conflict(written.existing()
                        .map(found -> "key has another value: " + found.value())
                        .orElse("key is not set"));
    }

    private HttpResponse count(HttpRequest request) {
        return text(consensus.counter(key(request)).get());
    }

    private HttpResponse increase(HttpRequest request) {
        return text(consensus.counter(key(request)).add(number(request, "add", Long.MIN_VALUE, Long.MAX_VALUE)));
    }

    /**
     * The lock is a key that goes by itself, its token the revision that made it: each later holder's is larger. Asking again does not prolong it: an answer that was lost may be asked for again, and
     * who holds it longer than he said has a defect.
     */
    private HttpResponse lock(HttpRequest request) {
        String owner = required(request, "owner");
        Duration ttl = Duration.ofMillis(number(request, "ttlMs", 1, MAX_TTL.toMillis()));
        Written<String> written = locks.putIfAbsent(key(request), owner, PutOptions.timeToLive(ttl));
        if (written.applied()) {
            return text(written.revision());
        }
        Optional<Versioned<String>> held = written.existing();
        return held.filter(entry -> entry.value().equals(owner))
                .map(entry -> text(entry.created()))
                .orElseGet(() ->
                        conflict("lock is held by " + held.map(Versioned::value).orElse("another")));
    }

    private HttpResponse unlock(HttpRequest request) {
        String key = key(request);
        String owner = required(request, "owner");
        long token = number(request, "token", 0, Long.MAX_VALUE);
        boolean released = consensus
                .transaction()
                .ifModified(locks, key, token)
                .ifValue(locks, key, owner)
                .remove(locks, key)
                .commit()
                .succeeded();
        return released ? text(token) : conflict("lock is not held by " + owner + " with token " + token);
    }

    private HttpResponse enqueue(HttpRequest request) {
        return text(queue(request).put(body(request)));
    }

    private HttpResponse poll(HttpRequest request) {
        return queue(request)
                .remove()
                .map(item -> HttpResponse.text(200, String.valueOf(item.value())))
                .orElseGet(() -> new HttpResponse(204, Map.of(), new byte[0]));
    }

    private WorkQueue<String> queue(HttpRequest request) {
        return consensus.queue(key(request), String.class, WorkQueueOptions.standard());
    }

    private static HttpResponse text(long number) {
        return HttpResponse.text(200, Long.toString(number));
    }

    private static HttpResponse conflict(String detail) {
        return HttpResponse.problem(409, "conflict", "Conflict", detail);
    }

    private static String key(HttpRequest request) {
        String key = request.pathParameter("key");
        if (key.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
            throw new BadRequestException(400, "key must have at most " + MAX_NAME + " bytes of UTF-8");
        }
        return key;
    }

    private static String body(HttpRequest request) {
        if (request.body().length > MAX_VALUE) {
            throw new BadRequestException(
                    413, "body (" + request.body().length + " bytes) must have at most " + MAX_VALUE + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(request.body()))
                    .toString();
        } catch (CharacterCodingException e) { // what was kept would not be what was sent
            throw new BadRequestException(400, "body must be text in UTF-8");
        }
    }

    private static String parameter(HttpRequest request, String name, String otherwise) {
        return request.query(name).orElse(otherwise);
    }

    private static String required(HttpRequest request, String name) {
        return request.query(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> new BadRequestException(400, "query parameter " + name + " is missing or empty"));
    }

    private static long number(HttpRequest request, String name, long least, long most) {
        String text = required(request, name);
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // answered below, as a number out of bounds is
        }
        throw new BadRequestException(
                400, "query parameter " + name + " (" + text + ") must be a number from " + least + " to " + most);
    }
}
