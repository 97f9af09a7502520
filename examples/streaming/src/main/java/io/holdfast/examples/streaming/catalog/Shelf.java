package io.holdfast.examples.streaming.catalog;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** All titles with the indexes to find them. Immutable. */
final class Shelf {
    private static final Pattern ACCENTS = Pattern.compile("\\p{M}+");
    private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Comparator<Title> BEST_FIRST =
            Comparator.comparingDouble(Title::weightedRating).reversed().thenComparingInt(Title::id);
    private static final int MAX_WORDS = 8;

    private final List<Title> byId;
    private final List<Title> byName;
    private final List<Title> byRating;
    private final Map<String, List<Title>> byGenre;
    private final NavigableMap<String, Set<Title>> byWord = new TreeMap<>();

    Shelf(List<Title> titles) {
        byId = List.copyOf(titles);
        byName = sorted(titles, Comparator.comparing(Title::name).thenComparingInt(Title::id));
        byRating = sorted(titles, BEST_FIRST);
        byGenre = byRating.stream()
                .filter(title -> !title.genre().isEmpty())
                .collect(Collectors.groupingBy(Title::genre, TreeMap::new, Collectors.toUnmodifiableList()));
        for (Title title : titles) {
            for (String word : words(title.name())) {
                byWord.computeIfAbsent(word, any -> new HashSet<>()).add(title);
            }
        }
    }

    private static List<Title> sorted(List<Title> titles, Comparator<Title> order) {
        return titles.stream().sorted(order).toList();
    }

    Optional<Title> find(int id) {
        return id >= 1 && id <= byId.size() ? Optional.of(byId.get(id - 1)) : Optional.empty();
    }

    /** Titles by name, from the given position on. */
    List<Title> browse(int offset, int limit) {
        return page(byName, offset, limit);
    }

    /** The best rated titles. */
    List<Title> popular(int limit) {
        return page(byRating, 0, limit);
    }

    /** The best rated titles of a genre; none if the genre is unknown. */
    List<Title> ofGenre(String genre, int limit) {
        return page(byGenre.getOrDefault(genre, List.of()), 0, limit);
    }

    List<String> genres() {
        return List.copyOf(byGenre.keySet());
    }

    /** Titles whose name has, for each word of the text, a word that starts with it: whole names first, then best rated. */
    List<Title> search(String text, int limit) {
        List<String> wanted = words(text);
        if (wanted.isEmpty()) {
            return List.of();
        }
        Set<Title> found = startingWith(wanted.get(0));
        for (String word : wanted.subList(1, Math.min(wanted.size(), MAX_WORDS))) {
            found.retainAll(startingWith(word));
        }
        List<Title> ordered = new ArrayList<>(found);
        ordered.sort(Comparator.comparing((Title title) -> !words(title.name()).equals(wanted))
                .thenComparing(BEST_FIRST));
        return page(ordered, 0, limit);
    }

    private Set<Title> startingWith(String prefix) {
        Set<Title> found = new HashSet<>();
        byWord.subMap(prefix, true, prefix + Character.MAX_VALUE, true).values().forEach(found::addAll);
        return found;
    }

    private static List<String> words(String text) {
        String plain = ACCENTS.matcher(Normalizer.normalize(text, Normalizer.Form.NFD))
                .replaceAll("")
                .toLowerCase(Locale.ROOT);
        return Arrays.stream(NOT_A_WORD.split(plain))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static List<Title> page(List<Title> titles, int offset, int limit) {
        if (offset >= titles.size()) {
            return Collections.emptyList();
        }
        return List.copyOf(titles.subList(offset, Math.min(titles.size(), offset + limit)));
    }
}
