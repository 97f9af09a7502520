package io.holdfast.consensus.log;

import io.holdfast.core.GroupId;
import io.holdfast.core.transport.Lane;

/** What nodes ask each other about a group. */
enum Route {
    SUBMIT("submit", Lane.CALL),
    QUERY("query", Lane.CALL),
    READ_INDEX("read-index", Lane.CONTROL),
    PROBE("probe", Lane.CONTROL),
    LEADER("leader", Lane.CONTROL);

    private final String name;
    private final Lane lane;

    Route(String name, Lane lane) {
        this.name = name;
        this.lane = lane;
    }

    String of(GroupId group) {
        return "log/" + group + "/" + name;
    }

    Lane lane() {
        return lane;
    }
}
