package io.holdfast.core.env;

/** Something that was registered and can be taken back. Closing twice does nothing. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
