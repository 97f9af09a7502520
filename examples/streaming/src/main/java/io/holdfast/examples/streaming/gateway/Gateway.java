package io.holdfast.examples.streaming.gateway;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.examples.streaming.account.Accounts;
import io.holdfast.examples.streaming.auth.Auth;
import io.holdfast.examples.streaming.auth.InvalidTokenException;
import io.holdfast.examples.streaming.auth.Session;
import io.holdfast.examples.streaming.cart.Cart;
import io.holdfast.examples.streaming.cart.CartFullException;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.Title;
import io.holdfast.examples.streaming.chart.Charts;
import io.holdfast.examples.streaming.json.Json;
import io.holdfast.examples.streaming.playback.PlaybackOwners;
import io.holdfast.examples.streaming.playback.Player;
import io.holdfast.examples.streaming.playback.Watched;
import io.holdfast.examples.streaming.reaction.Reaction;
import io.holdfast.examples.streaming.reaction.Reactions;
import io.holdfast.examples.streaming.recommendation.Recommendation;
import io.holdfast.examples.streaming.session.NowPlaying;
import io.holdfast.examples.streaming.session.PlaybackSession;
import io.holdfast.examples.streaming.thumbnail.Thumbnails;
import io.holdfast.examples.streaming.trending.Plays;
import io.holdfast.examples.streaming.trending.Trending;
import io.holdfast.gateway.Routes;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of the platform. Every route but the start page, the pictures and the login wants {@code Authorization: Bearer <token>} and answers JSON; errors are problems (RFC 9457). Safe for use by many threads.
 */
public final class Gateway {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);

    private static final String BEARER = "Bearer ";
    private static final int DEFAULT_LIMIT = 20;
    private static final int WARM_UP_PAGES = 300;

    private final Auth auth;
    private final Catalog catalog;
    private final Catalog cached;
    private final Player player;
    private final Shared shared;
    private final Owned owned;
    private final Reactions reactions;
    private final HomePage home;

    /**
     * What all gateways have in common, in the group of replicas.
     *
     * @param accounts who may play what
     * @param plays what is played
     * @param trending what is played now
     * @param charts what was played until last night
     * @param thumbnails pictures
     */
    public record Shared(Accounts accounts, Plays plays, Trending trending, Charts charts, Thumbnails thumbnails) {}

    /**
     * What each user has, wherever it lives.
     *
     * @param carts a user's cart
     * @param sessions a user's playback session
     */
    public record Owned(Function<String, Cart> carts, Function<String, PlaybackSession> sessions) {}

    /** Answers a request of a known user. */
    private interface Page {
        Object answer(HttpRequest request, Session session) throws ProblemException;
    }

    /**
     * Makes the gateway.
     *
     * @param auth knows the users
     * @param catalog knows the titles
     * @param cached the same behind a cache
     * @param recommendation picks titles
     * @param owners keep the positions
     * @param player writes the positions
     * @param shared what all gateways have in common
     * @param owned what each user has
     * @param reactions what viewers make of titles
     * @param clock tells how old the trending row is
     * @param node the name of this node
     */
    public Gateway(
            Auth auth,
            Catalog catalog,
            Catalog cached,
            Recommendation recommendation,
            PlaybackOwners owners,
            Player player,
            Shared shared,
            Owned owned,
            Reactions reactions,
            MonotonicClock clock,
            String node) {
        this.auth = auth;
        this.catalog = catalog;
        this.cached = cached;
        this.player = player;
        this.shared = shared;
        this.owned = owned;
        this.reactions = reactions;
        this.home = new HomePage(
                cached, recommendation, owners, new TrendingTitles(shared.trending(), cached, clock), node);
    }

    /** Makes some pages for nobody, before the first visitor comes: a new JVM runs its first calls many times slower than the later ones. Failures do not matter. */
    public void warmUp() {
        Session nobody = new Session("nobody", 0, "");
        for (int i = 0; i < WARM_UP_PAGES; i++) {
            try {
                Json.write(home.of(nobody));
                auth.verify("not.a-token");
            } catch (InvalidTokenException | HoldfastException expected) {
                log.trace("a page of the warm-up failed", expected);
            }
        }
    }

    /**
     * Puts the routes up.
     *
     * @param routes of the node's gateway
     */
    public void route(Routes routes) {
        routes.get("/", request -> CompletableFuture.completedFuture(WebPage.answer()));
        routes.get("/thumbnails/{id}", request -> CompletableFuture.completedFuture(thumbnail(request)));
        routes.post("/login", request -> CompletableFuture.completedFuture(login(request)));
        routes.get("/home", page(Criticality.CRITICAL, (request, session) -> home.of(session)));
        routes.get(
                "/titles",
                page(
                        Criticality.CRITICAL,
                        (request, session) -> cached.browse(number(request, "offset", 0), limit(request))));
        routes.get("/titles/{id}", page(Criticality.CRITICAL, (request, session) -> {
            Title title = title(request, cached);
            return new TitlePage(title, reactions.of(title.id(), session.user()));
        }));
        routes.get(
                "/search",
                page(
                        Criticality.SHEDDABLE,
                        (request, session) -> cached.search(required(request, "q"), limit(request))));
        routes.get("/genres", page(Criticality.CRITICAL, (request, session) -> cached.genres()));
        routes.get(
                "/genres/{genre}",
                page(Criticality.CRITICAL, (request, session) -> cached.ofGenre(genre(request), limit(request))));
        routes.get("/charts", page(Criticality.SHEDDABLE, (request, session) -> Chart.of(shared.charts(), cached)));
        routes.post("/playback/{id}/start", page(Criticality.CRITICAL_PLUS, this::start));
        routes.post("/playback/{id}/position", page(Criticality.CRITICAL_PLUS, (request, session) -> {
            Title title = title(request, catalog);
            player.position(session.user(), title, seconds(request));
            return Map.of("title", title.id(), "seconds", seconds(request));
        }));
        routes.post("/playback/{id}/stop", page(Criticality.CRITICAL_PLUS, (request, session) -> {
            Title title = title(request, catalog);
            player.stop(session.user(), title, seconds(request));
            return Map.of("title", title.id(), "seconds", seconds(request));
        }));
        routeReactions(routes);
        routeOwned(routes);
    }

    private void routeReactions(Routes routes) {
        routes.post("/titles/{id}/like", page(Criticality.CRITICAL, (request, session) -> {
            Title title = title(request, cached);
            reactions.like(title.id(), session.user());
            return reactions.of(title.id(), session.user());
        }));
        routes.delete("/titles/{id}/like", page(Criticality.CRITICAL, (request, session) -> {
            Title title = title(request, cached);
            reactions.unlike(title.id(), session.user());
            return reactions.of(title.id(), session.user());
        }));
        routes.get("/reactions", page(Criticality.SHEDDABLE, this::reactions));
    }

    /** For a page that shows many titles. An unknown one has none. */
    private Map<Integer, Reaction> reactions(HttpRequest request, Session session) throws ProblemException {
        String[] ids = required(request, "titles").split(",", -1);
        within("the number of titles", ids.length, 1, Catalog.MAX_PAGE);
        Map<Integer, Reaction> found = new LinkedHashMap<>();
        for (String id : ids) {
            try {
                int title = Integer.parseInt(id.strip());
                found.put(title, reactions.of(title, session.user()));
            } catch (NumberFormatException e) {
                throw new ProblemException(400, "titles (" + id + ") must be numbers with commas between them");
            }
        }
        return found;
    }

    private void routeOwned(Routes routes) {
        routes.get(
                "/cart",
                page(Criticality.CRITICAL, (request, session) -> cart(session).view()));
        routes.post("/cart/{id}", page(Criticality.CRITICAL, this::addToCart));
        routes.post(
                "/checkout",
                page(Criticality.CRITICAL, (request, session) -> cart(session).checkOut()));
        routes.get(
                "/session",
                page(
                        Criticality.CRITICAL,
                        (request, session) -> playing(session(session).current())));
        routes.post(
                "/session/{id}",
                page(
                        Criticality.CRITICAL,
                        (request, session) ->
                                session(session).begin(title(request, cached).id(), required(request, "device"))));
        routes.post(
                "/beat",
                page(
                        Criticality.CRITICAL,
                        (request, session) ->
                                playing(session(session).beat(required(request, "device"), seconds(request)))));
    }

    private Cart cart(Session session) {
        return owned.carts().apply(session.user());
    }

    private PlaybackSession session(Session session) {
        return owned.sessions().apply(session.user());
    }

    private Object addToCart(HttpRequest request, Session session) throws ProblemException {
        try {
            return cart(session).add(title(request, cached).id());
        } catch (CartFullException e) {
            throw new ProblemException(409, String.valueOf(e.getMessage()));
        }
    }

    private static Object playing(Optional<NowPlaying> now) throws ProblemException {
        return now.orElseThrow(
                () -> new ProblemException(404, "this device plays nothing; POST /session/{title}?device= begins"));
    }

    /** A play is noted before the film begins, so it waits for an election, at most until the request's deadline; that the picture is missing holds nobody up. */
    private Map<String, Object> start(HttpRequest request, Session session) throws ProblemException {
        Title title = title(request, catalog);
        if (!shared.accounts().mayPlay(session.user(), title)) {
            throw new ProblemException(
                    403,
                    "title " + title.id() + " is not in the plan of " + session.user() + " ("
                            + shared.accounts().plan(session.user()) + "); take a plan that has it");
        }
        int seconds = player.start(session.user(), title);
        shared.plays().note(title.id());
        reactions.viewed(title.id());
        shared.thumbnails().want(title.id());
        return Map.of("title", title.id(), "seconds", seconds);
    }

    /** For everybody: a picture that a page shows cannot carry a token. */
    private HttpResponse thumbnail(HttpRequest request) {
        try {
            int title = Integer.parseInt(request.pathParameter("id"));
            return shared.thumbnails()
                    .find(title)
                    .map(found -> WebPage.picture(found.svg()))
                    .orElseGet(() -> HttpResponse.problem(
                            404, "not-found", "Not Found", "title " + title + " has no picture yet; play it"));
        } catch (NumberFormatException e) {
            return HttpResponse.problem(400, "bad-request", "Bad Request", "title id must be a number");
        }
    }

    private HttpResponse login(HttpRequest request) {
        try {
            Json credentials = Json.read(request.body());
            return json(auth.login(text(credentials, "user"), text(credentials, "password")));
        } catch (InvalidTokenException e) {
            return unauthorized(e.getMessage());
        } catch (IllegalArgumentException e) {
            return HttpResponse.problem(400, "bad-request", "Bad Request", String.valueOf(e.getMessage()));
        }
    }

    private static String text(Json credentials, String name) {
        return credentials
                .at(name)
                .string()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the body must be {\"user\": ..., \"password\": ...}; " + name + " is missing"));
    }

    /** All calls of a page matter as much as the page: under overload, who watches goes on watching, and who looks around is refused first. */
    @SuppressWarnings("try") // the scope is the effect
    private HttpHandler page(Criticality criticality, Page page) {
        return request -> {
            CallContext context = CallContext.current().withCriticality(criticality);
            try (CallContext.Scope scope = context.open()) {
                return CompletableFuture.completedFuture(answer(request, page));
            }
        };
    }

    private HttpResponse answer(HttpRequest request, Page page) {
        try {
            String header = request.header("authorization").orElse("");
            if (!header.startsWith(BEARER)) {
                return unauthorized("the header Authorization must be: Bearer <token>; POST /login gives a token");
            }
            Session session = auth.verify(header.substring(BEARER.length()));
            return json(page.answer(request, session));
        } catch (InvalidTokenException e) {
            return unauthorized(e.getMessage());
        } catch (ProblemException e) {
            return HttpResponse.problem(e.status(), e.kind(), e.title(), String.valueOf(e.getMessage()));
        }
    }

    private static Title title(HttpRequest request, Catalog from) throws ProblemException {
        String id = request.pathParameter("id");
        try {
            return from.find(Integer.parseInt(id))
                    .orElseThrow(
                            () -> new ProblemException(404, "title " + id + " does not exist; GET /titles lists them"));
        } catch (NumberFormatException e) {
            throw new ProblemException(400, "title id (" + id + ") must be a number");
        }
    }

    private String genre(HttpRequest request) throws ProblemException {
        String genre = request.pathParameter("genre");
        if (!cached.genres().contains(genre)) { // also keeps strangers' words out of the cache
            throw new ProblemException(404, "genre " + genre + " does not exist; GET /genres lists them");
        }
        return genre;
    }

    private static String required(HttpRequest request, String name) throws ProblemException {
        return request.query(name)
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new ProblemException(400, "the query parameter " + name + " is missing"));
    }

    private static int seconds(HttpRequest request) throws ProblemException {
        required(request, "seconds");
        return within("seconds", number(request, "seconds", 0), 0, Watched.MAX_SECONDS);
    }

    private static int limit(HttpRequest request) throws ProblemException {
        return within("limit", number(request, "limit", DEFAULT_LIMIT), 1, Catalog.MAX_PAGE);
    }

    private static int number(HttpRequest request, String name, int otherwise) throws ProblemException {
        String value = request.query(name).orElse("");
        try {
            return value.isEmpty() ? otherwise : within(name, Integer.parseInt(value), 0, Integer.MAX_VALUE);
        } catch (NumberFormatException e) {
            throw new ProblemException(400, name + " (" + value + ") must be a whole number");
        }
    }

    private static int within(String name, int value, int min, int max) throws ProblemException {
        if (value < min || value > max) {
            throw new ProblemException(400, name + " (" + value + ") must be between " + min + " and " + max);
        }
        return value;
    }

    private static HttpResponse json(Object value) {
        return HttpResponse.json(200, Json.write(value));
    }

    private static HttpResponse unauthorized(@Nullable String detail) {
        return HttpResponse.problem(401, "unauthorized", "Unauthorized", String.valueOf(detail))
                .withHeader("WWW-Authenticate", "Bearer");
    }
}
