/**
 * The Raft engine on Apache Ratis, over the one wire. Nothing else imports Ratis. Start at {@link io.holdfast.consensus.ratis.RatisEngine}.
 *
 * <p>Ratis logs under {@code org.apache.ratis}: each vote at INFO, each failed append with a stack trace. Set that logger to WARN or ERROR; Holdfast does not touch your logging.
 */
@NullMarked
package io.holdfast.consensus.ratis;

import org.jspecify.annotations.NullMarked;
