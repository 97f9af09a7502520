package io.holdfast.core.config;

import java.util.List;

/** Writes {@code docs/configuration.md} from the records, so that the page cannot differ from the code. */
public final class ConfigurationReference {
    private ConfigurationReference() {}

    /**
     * The reference of all keys as Markdown tables: key, type, default, what it does.
     *
     * @param sections the sections in the order of the page
     * @return the page, without a heading of its own, ending with a line break
     * @throws io.holdfast.core.InvalidContractException if a record cannot be bound; the message names the component
     */
    public static String markdown(List<Section<?>> sections) {
        StringBuilder page = new StringBuilder();
        String above = "";
        for (Section<?> section : sections) {
            Shape.Group keys = Shape.of(section.type());
            String heading = heading(section, keys);
            page.append(page.isEmpty() ? "" : "\n");
            if (!heading.equals(above)) { // otherwise another record of the same prefix goes on
                page.append("## ").append(heading).append("\n\n");
            }
            above = heading;
            Doc doc = section.type().getAnnotation(Doc.class);
            if (doc != null) {
                page.append(doc.value()).append("\n\n");
            }
            page.append("| key | type | default | what it does |\n|---|---|---|---|\n");
            rows(keys, section.prefix(), page);
        }
        return page.toString();
    }

    /** A section of nothing but names has the key above them: two such sections may share a prefix. */
    private static String heading(Section<?> section, Shape.Group keys) {
        Shape.Part first = keys.parts().get(0);
        return keys.parts().size() == 1 && first.shape() instanceof Shape.Named
                ? section.prefix() + "." + first.name()
                : section.prefix();
    }

    private static void rows(Shape.Group group, String prefix, StringBuilder page) {
        for (Shape.Part part : group.parts()) {
            String key = prefix + "." + part.name();
            boolean optional = part.shape() instanceof Shape.Perhaps;
            Shape shape = part.shape() instanceof Shape.Perhaps perhaps ? perhaps.inner() : part.shape();
            if (shape instanceof Shape.Named named) {
                key += ".<name>";
                shape = named.value();
                optional = true;
            }
            if (shape instanceof Shape.Group inner) {
                if (!part.doc().isEmpty()) {
                    line(page, key, "block", optional ? "absent" : "", part.doc());
                }
                rows(inner, key, page);
            } else {
                row(key, (Shape.Leaf) shape, part, optional, page);
            }
        }
    }

    private static void row(String key, Shape.Leaf leaf, Shape.Part part, boolean optional, StringBuilder page) {
        String fallback = part.fallback();
        String type = leaf.list()
                ? "list of " + leaf.element().description()
                : leaf.element().description();
        String value = fallback != null ? "`" + fallback + "`" : optional || leaf.list() ? "none" : "required";
        line(page, key, type, value, part.doc());
    }

    private static void line(StringBuilder page, String key, String type, String value, String doc) {
        page.append("| `").append(key).append("` | ").append(type);
        page.append(" | ").append(value.equals("``") ? "empty" : value).append(" | ");
        page.append(doc.replace("|", "\\|").replace('\n', ' ')).append(" |\n");
    }
}
