/** The platform as a browser sees it: HTTP routes and the personalised home page. */
@NullMarked
package io.holdfast.examples.streaming.gateway;

import org.jspecify.annotations.NullMarked;
