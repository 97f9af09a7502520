/**
 * What a node tells its operators over HTTP: health, metrics, members, services, decisions. Inner part of the framework.
 */
@NullMarked
package io.holdfast.admin;

import org.jspecify.annotations.NullMarked;
