package io.holdfast.core.node;

import java.util.Map;

/** Starts nodes. The framework provides one through {@link java.util.ServiceLoader}; the test kit uses it. */
public interface NodeLauncher {
    /**
     * Starts a node and returns when it is ready to join.
     *
     * @param name the node id
     * @param settings configuration keys and values, for instance {@code holdfast.node.seeds}; they win over every other source
     * @return the running node
     */
    LaunchedNode launch(String name, Map<String, String> settings);
}
