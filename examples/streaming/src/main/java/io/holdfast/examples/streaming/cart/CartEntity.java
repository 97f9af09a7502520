package io.holdfast.examples.streaming.cart;

import io.holdfast.core.NodeId;
import io.holdfast.entity.EntityKey;
import io.holdfast.entity.ShardedEntity;
import io.holdfast.sharding.entity.EntityState;
import java.util.ArrayList;
import java.util.List;

/** A cart, on the node that owns its shard. Its state is committed before anybody gets an answer. */
@ShardedEntity(value = "cart", idle = "5m")
public final class CartEntity implements Cart {
    /**
     * What is stored.
     *
     * @param titles the titles' ids
     * @param changes how often it was changed
     */
    public record Contents(List<Integer> titles, long changes) {}

    private static final Contents EMPTY = new Contents(List.of(), 0);

    private final String user;
    private final EntityState<Contents> state;
    private final String node;

    /**
     * Brings a cart to life.
     *
     * @param user whose it is
     * @param state what is in it
     * @param node the node on which it lives
     */
    public CartEntity(@EntityKey String user, EntityState<Contents> state, NodeId node) {
        this.user = user;
        this.state = state;
        this.node = node.value();
    }

    private Contents contents() {
        return state.get().orElse(EMPTY);
    }

    @Override
    public CartView add(int title) throws CartFullException {
        Contents before = contents();
        if (before.titles().contains(title)) {
            return view();
        }
        if (before.titles().size() == MAX_TITLES) {
            throw new CartFullException(
                    "the cart of " + user + " holds " + MAX_TITLES + " titles, its limit; check out first");
        }
        List<Integer> titles = new ArrayList<>(before.titles());
        titles.add(title);
        state.set(new Contents(titles, before.changes() + 1));
        return view();
    }

    @Override
    public CartView view() {
        Contents now = contents();
        return new CartView(now.titles(), now.changes(), node);
    }

    @Override
    public CartView checkOut() {
        CartView before = view();
        if (!before.titles().isEmpty()) {
            state.set(new Contents(List.of(), before.changes() + 1));
        }
        return before;
    }
}
