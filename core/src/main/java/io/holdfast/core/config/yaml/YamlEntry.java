package io.holdfast.core.config.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value of a YAML file.
 *
 * @param path the names from the top of the file down
 * @param text the scalar as written; null for an empty value and for an empty mapping
 * @param items the elements if the value is a sequence, else null
 * @param emptyMapping whether the value is {@code {}}
 * @param line the line of the key, from 1
 */
public record YamlEntry(
        List<String> path, @Nullable String text, @Nullable List<String> items, boolean emptyMapping, int line) {}
