package io.holdfast.core.config;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.security.Secret;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A type that a single text is read into.
 *
 * @param description the form for the reference, for instance {@code duration}
 * @param secret whether the text must never be printed
 * @param reader reads the text or throws {@link IllegalArgumentException} with the rule
 */
record ValueType(String description, boolean secret, Function<String, Object> reader) {
    /** The reader of a type, or null if no text can be read into it. */
    static @Nullable ValueType of(Class<?> type) {
        if (type == String.class) {
            return plain("text", text -> text);
        }
        if (type == boolean.class || type == Boolean.class) {
            return plain("true or false", ValueType::truth);
        }
        if (type == int.class || type == Integer.class) {
            return plain("whole number", text -> (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
        if (type == long.class || type == Long.class) {
            return plain("whole number", text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
        }
        if (type == double.class || type == Double.class) {
            return plain("number or percentage", ValueType::number);
        }
        if (type == Duration.class) {
            return plain("duration", DurationText::parse);
        }
        if (type == Path.class) {
            return plain("path", ValueType::path);
        }
        if (type == Secret.class) {
            return new ValueType("secret", true, Secret::of);
        }
        return type.isEnum() ? ofEnum(type) : ofFactory(type);
    }

    Object parse(String text) {
        return reader.apply(text);
    }

    /** The elements of a list that is written in one text: separated by commas, blanks around them dropped. */
    static List<String> split(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static ValueType plain(String description, Function<String, Object> reader) {
        return new ValueType(description, false, reader);
    }

    private static Object truth(String text) {
        String value = text.strip().toLowerCase(Locale.ROOT);
        Check.that(value.equals("true") || value.equals("false"), "must be true or false");
        return value.equals("true");
    }

    private static long whole(String text, long min, long max) {
        try {
            long value = Long.parseLong(text.strip());
            Check.that(value >= min && value <= max, "must be a whole number between %d and %d", min, max);
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number, written in digits", e);
        }
    }

    private static Object number(String text) {
        String value = text.strip();
        boolean percent = value.endsWith("%");
        String digits = percent ? value.substring(0, value.length() - 1).strip() : value;
        Check.that(
                digits.matches("[+-]?\\d{1,300}(\\.\\d{1,300})?([eE][+-]?\\d{1,3})?"),
                "must be a number such as 0.5 or a percentage such as 50%%");
        double number = Double.parseDouble(digits);
        return percent ? number / 100 : number;
    }

    private static Object path(String text) {
        try {
            Check.that(!text.isBlank(), "must be a path, not empty");
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path: " + e.getReason(), e);
        }
    }

    private static ValueType ofEnum(Class<?> type) {
        List<Object> constants = List.of(type.getEnumConstants());
        String names = constants.stream().map(ValueType::kebab).collect(Collectors.joining(", "));
        return plain(
                names.replace(", ", " / "),
                text -> constants.stream()
                        .filter(constant -> Setting.canonical(kebab(constant)).equals(Setting.canonical(text)))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("must be one of " + names)));
    }

    private static String kebab(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    // Address.parse, NodeId.of, DataSize.parse and value types of users
    private static @Nullable ValueType ofFactory(Class<?> type) {
        for (String name : List.of("parse", "of")) {
            try {
                Method factory = type.getMethod(name, String.class);
                if (Modifier.isStatic(factory.getModifiers()) && factory.getReturnType() == type) {
                    factory.setAccessible(true);
                    return plain(words(type.getSimpleName()), text -> invoke(factory, text.strip()));
                }
            } catch (NoSuchMethodException e) {
                continue;
            }
        }
        return null;
    }

    private static String words(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    private static Object invoke(Method factory, String text) {
        try {
            return factory.invoke(null, text);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            String rule = cause instanceof IllegalArgumentException && cause.getMessage() != null
                    ? cause.getMessage()
                    : "was refused by " + factory.getDeclaringClass().getSimpleName() + ": " + cause;
            throw new IllegalArgumentException(rule, e);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException("cannot be read: " + factory + " is not accessible; make it public", e);
        }
    }
}
