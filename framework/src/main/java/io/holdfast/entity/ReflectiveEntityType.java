package io.holdfast.entity;

import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.NotAppliedException;
import io.holdfast.rpc.InvokedMethod;
import io.holdfast.rpc.ServerSide;
import io.holdfast.sharding.entity.EntityScope;
import io.holdfast.sharding.entity.EntityState;
import io.holdfast.sharding.entity.EntityType;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The entities of a user's class. */
final class ReflectiveEntityType implements EntityType {
    private final EntityClass read;
    private final Map<Long, InvokedMethod> methods = new HashMap<>();

    ReflectiveEntityType(EntityClass read, ServerSide side) {
        this.read = read;
        for (RemoteMethod method : read.contract().methods()) {
            methods.put((long) method.hash(), new InvokedMethod(method, side));
        }
    }

    @Override
    public String name() {
        return read.contract().service().value();
    }

    @Override
    public Traits traits() {
        return read.traits();
    }

    @Override
    public Entity create(String key, EntityScope scope) {
        return new Reflective(key, read.recipe().make(parameter -> given(parameter, key, scope)));
    }

    private Object given(Parameter parameter, String key, EntityScope scope) {
        if (parameter.isAnnotationPresent(EntityKey.class)) {
            return key;
        }
        if (parameter.getType() == Reminders.class) {
            return new ScopeReminders(scope);
        }
        EntityClass.StateType kept = read.state().orElseThrow();
        return new EntityState<>(scope, kept.codec(), read.traits().stateVersion(), kept.migrations());
    }

    private record ScopeReminders(EntityScope scope) implements Reminders {
        @Override
        public void remind(String name, Duration delay) {
            scope.remind(name, delay);
        }

        @Override
        public void forget(String name) {
            scope.forget(name);
        }
    }

    private final class Reflective implements Entity {
        private final String key;
        private final Object object;

        Reflective(String key, Object object) {
            this.key = key;
            this.object = object;
        }

        @Override
        public Reply call(long method, byte[] arguments) throws InterruptedException {
            InvokedMethod found = methods.get(method);
            if (found == null) {
                throw new NotAppliedException("the class of " + name() + "/" + key + " has no method of hash "
                        + Long.toHexString(method)
                        + ": its contract is older than the caller's; deploy the entity before its callers");
            }
            InvokedMethod.Answer answer = found.invoke(object, arguments);
            return new Reply(answer.bytes(), answer.done());
        }

        @Override
        public void remind(String name) throws Exception {
            if (read.onReminder().isEmpty()) {
                throw new NotAppliedException("the class of " + name() + "/" + key + " has no method for reminder "
                        + name + "; add one with @OnReminder, or deploy the build that has it");
            }
            try {
                read.onReminder().get().invokeExact(object, name);
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("reminder " + name + " of " + name() + "/" + key + " failed: " + e, e);
            }
        }

        @Override
        public void passivate() {
            if (object instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    throw new IllegalStateException("closing " + name() + "/" + key + " failed: " + e, e);
                }
            }
        }
    }
}
