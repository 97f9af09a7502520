package io.holdfast.codec;

import io.holdfast.core.InvalidContractException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamFactory;

/** Walks the types that a contract names and builds their nodes. Not safe for use by many threads; its nodes are. */
final class TypeGraph {
    private static final int MAX_TYPES = 1_000;
    private static final int MAX_ARGUMENT_DEPTH = 16; // a record that grows its own type argument would never end
    /** Types whose values a HashMap orders by compareTo where their hash codes are equal. */
    private static final Set<Class<?>> ORDERED = Set.of(
            String.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Character.class,
            Boolean.class,
            UUID.class);

    private final TokenStreamFactory factory;
    private final Map<TypeRef, Node> nodes = new HashMap<>();

    TypeGraph(TokenStreamFactory factory) {
        this.factory = factory;
    }

    Node node(Type type, String place) {
        return node(type, Map.of(), place);
    }

    private Node node(Type type, Map<TypeVariable<?>, TypeRef> variables, String place) {
        TypeRef ref = TypeRef.of(type, variables);
        if (ref == null) {
            throw unsupported(
                    place, type.getTypeName(), "its elements have no known type; name them, as in List<Order>");
        }
        return node(ref, place);
    }

    private Node node(TypeRef ref, String place) {
        if (ref.depth() > MAX_ARGUMENT_DEPTH) {
            throw unsupported(
                    cut(place),
                    cut(ref.toString()),
                    "its type arguments nest more than " + MAX_ARGUMENT_DEPTH + " deep; name a record");
        }
        Node known = nodes.get(ref);
        if (known != null) {
            return known;
        }
        if (nodes.size() >= MAX_TYPES) {
            throw unsupported(
                    cut(place),
                    cut(ref.toString()),
                    "the contract reaches more than " + MAX_TYPES + " types; split it");
        }
        Class<?> raw = ref.raw();
        Node scalar = Scalars.of(raw);
        if (scalar != null) {
            return scalar;
        }
        if (raw.isEnum()) {
            return remember(ref, new EnumNode(raw));
        }
        if (raw.isRecord()) {
            return record(ref, place);
        }
        Node container = container(ref, place);
        if (container != null) {
            return container;
        }
        if (raw.isSealed()) {
            return sealed(ref, place);
        }
        throw unsupported(place, ref.toString(), remedy(raw));
    }

    private Node remember(TypeRef ref, Node node) {
        nodes.put(ref, node);
        return node;
    }

    private @Nullable Node container(TypeRef ref, String place) {
        Class<?> raw = ref.raw();
        if (raw == List.class || raw == Collection.class) {
            return new ContainerNode.OfList(argument(ref, 0, place));
        }
        if (raw == Set.class) {
            return new ContainerNode.OfSet(argument(ref, 0, place), ordered(ref));
        }
        if (raw == Map.class) {
            return new ContainerNode.OfMap(argument(ref, 0, place), argument(ref, 1, place), ordered(ref));
        }
        if (raw != Optional.class) {
            return null;
        }
        if (ref.arguments().get(0).raw() == Optional.class) {
            throw unsupported(
                    place, ref.toString(), "an Optional of an Optional cannot be told from an empty one; use one");
        }
        return new ContainerNode.OfOptional(argument(ref, 0, place));
    }

    private static boolean ordered(TypeRef ref) {
        Class<?> key = ref.arguments().get(0).raw();
        return key.isEnum() || ORDERED.contains(key);
    }

    private Node argument(TypeRef ref, int index, String place) {
        return node(ref.arguments().get(index), place + " <" + index + ">");
    }

    private Node record(TypeRef ref, String place) {
        RecordNode node;
        try {
            node = new RecordNode(ref.raw(), factory);
        } catch (IllegalAccessException | NoSuchMethodException e) {
            throw unsupported(
                    place,
                    ref.toString(),
                    "its package is closed; add `opens " + ref.raw().getPackageName() + "` to its module");
        }
        remember(ref, node);
        RecordComponent[] parts = ref.raw().getRecordComponents();
        Map<TypeVariable<?>, TypeRef> variables = ref.variables();
        Node[] components = new Node[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].getName().getBytes(StandardCharsets.UTF_8).length > RecordNode.LONGEST_NAME) {
                throw unsupported(
                        cut(place),
                        ref.toString(),
                        "component %s has a name of more than %d bytes; shorten it"
                                .formatted(cut(parts[i].getName()), RecordNode.LONGEST_NAME));
            }
            components[i] = node(
                    parts[i].getGenericType(),
                    variables,
                    place + " > " + ref.raw().getSimpleName() + "." + parts[i].getName());
        }
        node.link(components);
        return node;
    }

    private Node sealed(TypeRef ref, String place) {
        SealedNode node = new SealedNode(ref.raw());
        remember(ref, node);
        Map<Class<?>, SealedNode.Variant> byClass = new HashMap<>();
        Map<String, SealedNode.Variant> byName = new HashMap<>();
        collect(ref, place, byClass, byName);
        node.link(byClass, byName);
        return node;
    }

    private void collect(
            TypeRef parent,
            String place,
            Map<Class<?>, SealedNode.Variant> byClass,
            Map<String, SealedNode.Variant> byName) {
        for (Class<?> sub : parent.raw().getPermittedSubclasses()) {
            String here = place + " > " + parent.raw().getSimpleName();
            TypeRef ref = parent.permitted(sub);
            if (ref == null) {
                throw unsupported(
                        here,
                        sub.getName(),
                        "its type arguments do not follow from " + parent.raw().getSimpleName());
            }
            if (sub.isSealed() && !sub.isEnum()) { // an enum whose constants have bodies is sealed too
                collect(ref, here, byClass, byName);
            } else if (!byClass.containsKey(sub)) { // two paths may lead to one type
                var variant = new SealedNode.Variant(sub.getSimpleName(), node(ref, here));
                byClass.put(sub, variant);
                if (byName.put(variant.name(), variant) != null) {
                    throw unsupported(
                            here, sub.getName(), "another permitted type has the same simple name; rename one");
                }
            }
        }
    }

    private static String remedy(Class<?> raw) {
        if (raw.isArray()) {
            return "of arrays only byte[] can be sent; use a List";
        }
        if (Collection.class.isAssignableFrom(raw) || Map.class.isAssignableFrom(raw)) {
            return "declare it as List, Set or Map";
        }
        if (raw == Object.class || raw.isInterface()) {
            return "any class could stand behind it; make it a sealed interface of records";
        }
        return "make it a record";
    }

    private static String cut(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }

    private static InvalidContractException unsupported(String place, String type, String fix) {
        return new InvalidContractException("%s: %s cannot be sent: %s".formatted(place, type, fix));
    }
}
