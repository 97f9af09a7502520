package io.holdfast.core.config.yaml;

/**
 * Why a YAML file, or a line of it, cannot be used. Holds no value from the file: it might be a secret.
 *
 * @param line the line, from 1; 0 for the file as a whole
 * @param message the rule and the remedy
 */
public record YamlProblem(int line, String message) {}
