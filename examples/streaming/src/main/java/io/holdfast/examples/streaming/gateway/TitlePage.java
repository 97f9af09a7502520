package io.holdfast.examples.streaming.gateway;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.holdfast.examples.streaming.catalog.Title;
import io.holdfast.examples.streaming.reaction.Reaction;

/** A title with what viewers make of it, as one JSON object. */
record TitlePage(@JsonUnwrapped Title title, @JsonUnwrapped Reaction reaction) {}
