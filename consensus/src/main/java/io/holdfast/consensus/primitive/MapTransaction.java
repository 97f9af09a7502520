package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.CodecException;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions, and what is done if all of them hold or not, over several keys of maps in one group, at one revision.
 *
 * @param conditions the conditions
 * @param then what is done if all hold
 * @param otherwise what is done if one does not
 */
public record MapTransaction(List<Compare> conditions, List<Step> then, List<Step> otherwise) {
    /** How many conditions and steps a transaction may have in all. */
    public static final int MAX_PARTS = 4096;

    /**
     * A condition on a key.
     *
     * @param map the map's name
     * @param key the key
     * @param condition what must hold
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Compare(String map, byte[] key, MapCondition condition) {}

    /**
     * A change of a map.
     *
     * @param map the map's name
     * @param change what is done
     */
    public record Step(String map, MapChange change) {}

    /**
     * What came of a transaction.
     *
     * @param succeeded whether all conditions held
     * @param outcomes one for each step that was done, in order
     */
    public record Outcome(boolean succeeded, List<MapChange.Outcome> outcomes) {
        /** The outcomes follow. */
        static void begin(ByteWriter out, boolean succeeded, int outcomes) {
            out.bool(succeeded).varlong(outcomes);
        }

        /**
         * Reads an outcome.
         *
         * @param in where it stands
         * @return the outcome
         * @throws CodecException if the bytes are none
         */
        public static Outcome decode(ByteReader in) {
            boolean succeeded = in.bool();
            int count = in.varint(MAX_PARTS);
            List<MapChange.Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                outcomes.add(MapChange.Outcome.decode(in));
            }
            return new Outcome(succeeded, List.copyOf(outcomes));
        }
    }

    void encode(ByteWriter out) {
        out.varlong(conditions.size());
        for (Compare compare : conditions) {
            out.text(compare.map).bytes(compare.key);
            compare.condition.encode(out);
        }
        encode(out, then);
        encode(out, otherwise);
    }

    private static void encode(ByteWriter out, List<Step> steps) {
        out.varlong(steps.size());
        for (Step step : steps) {
            out.text(step.map);
            step.change.encode(out);
        }
    }

    static MapTransaction decode(ByteReader in) {
        List<Compare> conditions = new ArrayList<>();
        int count = in.varint(MAX_PARTS);
        for (int i = 0; i < count; i++) {
            conditions.add(
                    new Compare(in.text(StateLimits.MAX_NAME), in.bytes(StateLimits.MAX_KEY), MapCondition.decode(in)));
        }
        List<Step> then = steps(in);
        return new MapTransaction(conditions, then, steps(in));
    }

    private static List<Step> steps(ByteReader in) {
        List<Step> steps = new ArrayList<>();
        int count = in.varint(MAX_PARTS);
        for (int i = 0; i < count; i++) {
            steps.add(new Step(in.text(StateLimits.MAX_NAME), MapChange.decode(in)));
        }
        return steps;
    }
}
