package io.holdfast;

import io.holdfast.core.node.LaunchedNode;
import io.holdfast.core.node.NodeLauncher;
import java.util.Map;

/** Starts nodes for the test kit. */
public final class FrameworkLauncher implements NodeLauncher {
    /** For {@link java.util.ServiceLoader}. */
    public FrameworkLauncher() {}

    @Override
    public LaunchedNode launch(String name, Map<String, String> settings) {
        NodeBuilder builder = Holdfast.node(name);
        settings.forEach(builder::set);
        return builder.start();
    }
}
