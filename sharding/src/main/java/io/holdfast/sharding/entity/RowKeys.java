package io.holdfast.sharding.entity;

import io.holdfast.core.ProtocolException;
import java.util.HexFormat;

/** The keys of rows. Those of one shard lie together, and reminders in the order in which they come due. */
final class RowKeys {
    private static final int DUE_DIGITS = 15;
    private static final long MAX_DUE = 999_999_999_999_999L;

    private RowKeys() {}

    static String entity(int shard, EntityId id) {
        return "e/" + hex(shard) + '/' + id.type() + '/' + id.key();
    }

    static String reminders(int shard) {
        return "r/" + hex(shard) + '/';
    }

    static String reminder(int shard, Reminder reminder) {
        String due = Long.toString(Math.min(MAX_DUE, Math.max(0, reminder.dueMillis())));
        return reminders(shard)
                + "0".repeat(DUE_DIGITS - due.length())
                + due
                + '/'
                + reminder.entity().type()
                + '/'
                + reminder.entity().key()
                + '/'
                + reminder.name();
    }

    /**
     * Reads the key of a reminder's row. An entity's key may hold slashes, a kind and a reminder's name hold none.
     *
     * @throws ProtocolException if it is none
     */
    static Reminder reminder(int shard, String key) {
        int due = reminders(shard).length();
        int type = due + DUE_DIGITS + 1;
        int entity = key.indexOf('/', Math.min(type, key.length())) + 1;
        int name = key.lastIndexOf('/') + 1;
        if (!key.startsWith(reminders(shard)) || entity <= type || name <= entity || name == key.length()) {
            throw new ProtocolException("row " + key + " is no reminder of shard " + shard + "; remove it");
        }
        try {
            return new Reminder(
                    Long.parseLong(key, due, due + DUE_DIGITS, 10),
                    new EntityId(key.substring(type, entity - 1), key.substring(entity, name - 1)),
                    key.substring(name));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("row " + key + " is no reminder: " + e.getMessage() + "; remove it", e);
        }
    }

    private static String hex(int shard) {
        return HexFormat.of().toHexDigits((short) shard);
    }
}
