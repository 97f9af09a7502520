package io.holdfast.testkit.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts the cluster that {@link HoldfastCluster} describes; JUnit closes it with the test or class that carries the annotation. */
final class HoldfastClusterExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(HoldfastClusterExtension.class);

    HoldfastClusterExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        for (Optional<ExtensionContext> scope = Optional.of(context);
                scope.isPresent();
                scope = scope.get().getParent()) {
            Optional<HoldfastCluster> annotation =
                    AnnotationSupport.findAnnotation(scope.get().getElement(), HoldfastCluster.class);
            if (annotation.isPresent()) {
                // a key of this scope alone: a store also answers with what an outer one holds
                return scope.get()
                        .getStore(NAMESPACE)
                        .computeIfAbsent(scope.get().getUniqueId(), id -> start(annotation.get()), TestCluster.class);
            }
        }
        throw new ExtensionConfigurationException(
                "a parameter of type TestCluster needs @HoldfastCluster on its method or class");
    }

    private static TestCluster start(HoldfastCluster annotation) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : annotation.settings()) {
            int equals = setting.indexOf('=');
            if (equals <= 0) {
                throw new ExtensionConfigurationException("setting (" + setting
                        + ") of @HoldfastCluster must be key=value, for instance holdfast.node.zone=a");
            }
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return TestCluster.start(annotation.nodes(), settings);
    }
}
