package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * Which part of a limit each class of {@link Criticality} always gets, even where the others have used it up. What a class does not use is free for the others. Shares are not set aside: a class that
 * takes its share while the limit is used up runs above it for a moment, until the classes below have made room.
 *
 * @param criticalPlus of the highest class
 * @param critical of the default class
 * @param sheddablePlus of the next lower
 * @param sheddable of the lowest
 */
public record SharesConfig(
        @Doc(
                "The part of the limit that CRITICAL_PLUS calls always get, however many others run. With 100% only their own number holds them back.")
        @Default("100%")
        double criticalPlus,

        @Doc("The part of the limit that CRITICAL calls always get.") @Default("10%")
        double critical,

        @Doc("The part of the limit that SHEDDABLE_PLUS calls always get.") @Default("0%")
        double sheddablePlus,

        @Doc("The part of the limit that SHEDDABLE calls always get.") @Default("0%")
        double sheddable) {
    /** The whole for the highest class, a tenth for the default one. */
    public static final SharesConfig DEFAULT = new SharesConfig(1, 0.1, 0, 0);

    /**
     * Validates the shares.
     *
     * @param criticalPlus a ratio
     * @param critical a ratio
     * @param sheddablePlus a ratio
     * @param sheddable a ratio
     * @throws IllegalArgumentException if one is no ratio
     */
    public SharesConfig {
        Check.ratio("critical-plus", criticalPlus);
        Check.ratio("critical", critical);
        Check.ratio("sheddable-plus", sheddablePlus);
        Check.ratio("sheddable", sheddable);
    }

    /**
     * The share of a class.
     *
     * @param criticality the class
     * @return a ratio
     */
    public double of(Criticality criticality) {
        return switch (criticality) {
            case SHEDDABLE -> sheddable;
            case SHEDDABLE_PLUS -> sheddablePlus;
            case CRITICAL -> critical;
            case CRITICAL_PLUS -> criticalPlus;
        };
    }
}
