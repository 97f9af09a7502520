package io.holdfast.service;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes the objects of a class a service that is alive on one node of the cluster at a time. The class implements {@link io.holdfast.sharding.job.SingletonService}, and every node hosts one with {@code node.host(object)}: {@code start} is
 * called on the node that owns the shard of the name, {@code stop} when the shard goes. In code: {@code node.jobs().singleton("mailer", service)}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Singleton {
    /**
     * The service, the same on all nodes.
     *
     * @return its name, a DNS label
     */
    String name();
}
