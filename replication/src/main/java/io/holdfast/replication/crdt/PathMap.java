package io.holdfast.replication.crdt;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The live entries by path, sorted, each list in the order of dots: a persistent treap (Seidel and Aragon 1996, "Randomized search trees"), so that a reader keeps one whole state while the next is made. Immutable.
 *
 * @param root null if there is nothing
 */
record PathMap(@Nullable Node root) {
    static final PathMap EMPTY = new PathMap(null);

    record Node(
            Path path,
            List<Entry> entries,
            int priority,
            @Nullable Node left,
            @Nullable Node right) {
        Node with(@Nullable Node newLeft, @Nullable Node newRight) {
            return new Node(path, entries, priority, newLeft, newRight);
        }
    }

    private record Split(@Nullable Node less, @Nullable Node more) {}

    List<Entry> get(Path path) {
        Node at = root;
        while (at != null) {
            int order = path.compareTo(at.path);
            if (order == 0) {
                return at.entries;
            }
            at = order < 0 ? at.left : at.right;
        }
        return List.of();
    }

    /** Replaces what lies at a path; nothing removes it. The priority must be drawn at random: one made of the path would let chosen paths degrade the tree to a list. */
    PathMap with(Path path, List<Entry> entries, int priority) {
        Node without = remove(root, path);
        if (entries.isEmpty()) {
            return new PathMap(without);
        }
        return new PathMap(insert(without, new Node(path, entries, priority, null, null)));
    }

    /** Visits all paths that begin with a prefix, in order, until told to stop. */
    void from(Path prefix, Predicate<Node> goOn) {
        visit(root, prefix, goOn);
    }

    private static boolean visit(@Nullable Node at, Path prefix, Predicate<Node> goOn) {
        if (at == null) {
            return true;
        }
        boolean within = at.path.startsWith(prefix);
        int order = at.path.compareTo(prefix);
        if (order > 0 && !visit(at.left, prefix, goOn)) {
            return false;
        }
        if (within && !goOn.test(at)) {
            return false;
        }
        return (order > 0 && !within) || visit(at.right, prefix, goOn);
    }

    private static Node insert(@Nullable Node at, Node added) {
        if (at == null) {
            return added;
        }
        if (added.priority > at.priority) {
            Split halves = split(at, added.path);
            return added.with(halves.less, halves.more);
        }
        return added.path.compareTo(at.path) < 0
                ? at.with(insert(at.left, added), at.right)
                : at.with(at.left, insert(at.right, added));
    }

    private static Split split(@Nullable Node at, Path path) {
        if (at == null) {
            return new Split(null, null);
        }
        if (at.path.compareTo(path) < 0) {
            Split right = split(at.right, path);
            return new Split(at.with(at.left, right.less), right.more);
        }
        Split left = split(at.left, path);
        return new Split(left.less, at.with(left.more, at.right));
    }

    private static @Nullable Node remove(@Nullable Node at, Path path) {
        if (at == null) {
            return null;
        }
        int order = path.compareTo(at.path);
        if (order == 0) {
            return merge(at.left, at.right);
        }
        if (order < 0) {
            Node left = remove(at.left, path);
            return left == at.left ? at : at.with(left, at.right);
        }
        Node right = remove(at.right, path);
        return right == at.right ? at : at.with(at.left, right);
    }

    private static @Nullable Node merge(@Nullable Node less, @Nullable Node more) {
        if (less == null || more == null) {
            return less == null ? more : less;
        }
        return less.priority > more.priority
                ? less.with(less.left, merge(less.right, more))
                : more.with(merge(less, more.left), more.right);
    }
}
