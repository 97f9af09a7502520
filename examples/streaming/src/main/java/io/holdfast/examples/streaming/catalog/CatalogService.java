package io.holdfast.examples.streaming.catalog;

import io.holdfast.core.Check;
import java.util.List;
import java.util.Optional;

/** Serves the titles that come with the example, from memory. */
public final class CatalogService implements Catalog {
    private final Shelf shelf = new Shelf(TitleTable.packaged());

    @Override
    public Optional<Title> find(int id) {
        return shelf.find(id);
    }

    @Override
    public List<Title> search(String text, int limit) {
        return shelf.search(text, limit(limit));
    }

    @Override
    public List<Title> browse(int offset, int limit) {
        Check.that(offset >= 0, "offset (%d) must not be negative", offset);
        return shelf.browse(offset, limit(limit));
    }

    @Override
    public List<Title> popular(int limit) {
        return shelf.popular(limit(limit));
    }

    @Override
    public List<Title> ofGenre(String genre, int limit) {
        return shelf.ofGenre(genre, limit(limit));
    }

    @Override
    public List<String> genres() {
        return shelf.genres();
    }

    private static int limit(int limit) {
        return (int) Check.between("limit", limit, 1, MAX_PAGE);
    }
}
