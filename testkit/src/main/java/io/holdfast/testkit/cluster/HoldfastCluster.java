package io.holdfast.testkit.cluster;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a cluster within this JVM: declare a parameter of type {@link TestCluster}. It starts when it is first asked for, all nodes see each other by then, and it is
 * closed at the end.
 *
 * <pre>{@code
 * @HoldfastCluster(nodes = 3)
 * class CatalogTest {
 *     @Test
 *     void anyNodeFindsATitle(TestCluster cluster) {
 *         cluster.node(0).host(new CatalogService());
 *         Catalog catalog = cluster.node(2).client(Catalog.class);
 *         assertThat(catalog.find("tt1").name()).isEqualTo("One");
 *     }
 * }
 * }</pre>
 *
 * <p>On a class all its tests share one cluster; on a method the test has its own.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(HoldfastClusterExtension.class)
public @interface HoldfastCluster {
    /**
     * How many nodes start; they are named {@code n0}, {@code n1} and so on.
     *
     * @return at least 1
     */
    int nodes() default 3;

    /**
     * Settings of every node, each as {@code key=value}, for instance {@code holdfast.node.zone=a}.
     *
     * @return the settings
     */
    String[] settings() default {};
}
